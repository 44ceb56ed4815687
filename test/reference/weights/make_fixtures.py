"""Writes the .pth and .safetensors files of this folder, and expected.json with the same numbers.
PyTorch 2.15.0, safetensors 0.8.0. Run: python make_fixtures.py"""
import collections
import json
import pathlib

import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
torch.manual_seed(7)
base = torch.randn(4, 6)
tensors = collections.OrderedDict(
    float32=torch.randn(2, 3),
    float16=torch.tensor([1.5, -2.25, 65504.0, 6e-8, 6.1e-5, 0.0, -0.0, 0.1]).half(),
    bfloat16=torch.randn(5).bfloat16(),
    float64=torch.randn(3, dtype=torch.float64),
    int64=torch.tensor(123456789012345),
    transposed=torch.randn(3, 5).t(),
    channelsLast=torch.randn(2, 3, 2, 2).to(memory_format=torch.channels_last),
    sharedRow=base[1],
    sharedColumn=base[:, 2],
    sharedBlock=base[1:3, ::2],
    expanded=torch.tensor([3.5]).expand(2, 2),
    empty=torch.zeros(0, 4),
    scalar=torch.tensor(2.5),
    parameter=torch.nn.Parameter(torch.randn(2, 2)),
)
expected = {
    name: {"shape": list(t.shape), "values": [int(v) if t.dtype == torch.int64 else float(v) for v in t.detach().flatten()]}
    for name, t in tensors.items()
}
(here / "expected.json").write_text(json.dumps(expected))

torch.save(tensors, here / "zip.pth")
torch.save(dict(tensors), here / "zip-protocol4.pth", pickle_protocol=4)
torch.save(dict(tensors), here / "zip-protocol5.pth", pickle_protocol=5)
torch.save(tensors, here / "legacy.pth", _use_new_zipfile_serialization=False)
torch.save(
    {"epoch": 3, "best": 0.5, "name": "résumé", "done": True, "none": None, "history": [1, (2, 3), {"a": -1}], "big": 2**70,
     "state_dict": tensors, "optimizer": {"state": {0: {"step": torch.tensor(3.0)}}, "param_groups": [{"lr": 0.1}]}},
    here / "checkpoint.pth",
)
torch.save({"model_state_dict": tensors, "epoch": 1}, here / "checkpoint-legacy.pth", _use_new_zipfile_serialization=False)

small = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.BatchNorm2d(2))
torch.save(torch.nn.DataParallel(small).state_dict(), here / "dataparallel.pth")
torch.save(small, here / "whole-module.pth")
torch.jit.script(small).save(str(here / "torchscript.pt"))
save_file({n: t.detach().contiguous() for n, t in tensors.items()}, here / "all.safetensors", metadata={"format": "pt", "note": "naïve"})
