#!/usr/bin/env bash
# timm 1.0.31's resnetaa50 and resnetblur50 load into torchvision 0.29.2's resnet50 with strict=True, "All keys matched", and give other
# logits: their anti-aliasing pools have no parameters, so names and shapes are those of a plain ResNet-50 (and of timm's own resnet50).
# Shoulders refuses such files if their name or the config.json beside them reveals it.
# Seen with Python 3.11, torch 2.15.0: relative difference of the logits 2.19 (resnetaa50), 0.104 (resnetblur50), 0 (resnet50). Exits non-zero when this changes. Downloads packages only.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torch==2.15.0 torchvision==0.29.2 timm==1.0.31
"$folder/venv/bin/python" - <<'PY'
import timm, torch, torchvision
torch.manual_seed(7)
images = torch.randn(2, 3, 224, 224)
for name in ("resnet50", "resnetaa50", "resnetblur50"):
    theirs = timm.create_model(name, num_classes=10, zero_init_last=False).eval()
    ours = torchvision.models.resnet50(num_classes=10).eval()
    matched = ours.load_state_dict(theirs.state_dict(), strict=True)
    with torch.no_grad():
        a, b = theirs(images), ours(images)
    relative = ((a - b).norm() / a.norm()).item()
    print(f"{name}: {matched}; relative difference of the logits {relative:.3g}")
    assert (relative < 1e-4) == (name == "resnet50"), name
PY
