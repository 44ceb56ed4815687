// The names that wrappers of whole networks leave in a file.

/** torch.compile, FSDP and checkpointing put these between the names, wherever they wrapped a part. */
export const withoutWrappers = (name: string): string =>
  name.replace(/(^|\.)(?:(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.)+/g, '$1');
