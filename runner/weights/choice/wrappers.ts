// Names that wrappers of whole networks leave in a file.

/** torch.compile, FSDP and checkpointing insert these into names, at every wrapped part. */
export const withoutWrappers = (name: string): string =>
  name.replace(/(^|\.)(?:(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.)+/g, '$1');
