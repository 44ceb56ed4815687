"""Writes cams.json: class activation maps of the package grad-cam (github.com/jacobgil/pytorch-grad-cam) for the generated weights and
images of make_reference.py, before and after our scaling.

usage: python make_cams.py        (pip install torch torchvision grad-cam scikit-image)
"""
import json, sys
from pathlib import Path
import numpy as np, torch
from importlib.metadata import version

here = Path(__file__).parent
source = (here / 'make_reference.py').read_text().split('# -- forward:')[0]
sys.argv = [sys.argv[0], '42', str(here)]
exec(compile(source, 'make_reference.py', 'exec'))

from pytorch_grad_cam import EigenCAM, GradCAM, GradCAMPlusPlus, HiResCAM, LayerCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget, ClassifierOutputSoftmaxTarget
from pytorch_grad_cam.utils.svd_on_activations import get_2d_projection_with_sign_correction

METHODS = {'grad-cam': GradCAM, 'grad-cam++': GradCAMPlusPlus, 'hires-cam': HiResCAM, 'layer-cam': LayerCAM, 'eigen-cam': EigenCAM}
TARGETS = {'probability': ClassifierOutputSoftmaxTarget, 'logit': ClassifierOutputTarget}
SIDE, LABELS = 96, [2, 0]

cases = []
for arch in ('resnet18', 'resnet50'):
    model, x = network(arch, 3), tensor('cams', (2, 3, SIDE, SIDE), -2, 2)
    for layer in ('layer1', 'layer2', 'layer3', 'layer4'):
        for of, Target in TARGETS.items():
            targets = [Target(label) for label in LABELS]
            for method, Method in METHODS.items():
                cam = Method(model=model, target_layers=[getattr(model, layer)])
                raw = {}
                # The package's map before it clips, scales and enlarges; Eigen-CAM with the sign of the package's later rule.
                inner = cam.get_cam_image
                def keep(input_tensor, target_layer, targets, activations, grads, smooth):
                    raw['map'] = get_2d_projection_with_sign_correction(activations) if method == 'eigen-cam' else inner(input_tensor, target_layer, targets, activations, grads, smooth)
                    return raw['map']
                cam.get_cam_image = keep
                cam(input_tensor=x, targets=targets)
                relu = np.maximum(raw['map'], 0).astype(np.float64).reshape(2, -1)
                low, high = relu.min(1, keepdims=True), relu.max(1, keepdims=True)
                scaled = (relu - low) / (high - low + 1e-6)
                # Every position of the small maps, every 11th of the large ones.
                step = 11 if relu.shape[1] > 100 else 1
                cases.append(dict(arch=arch, layer=layer, of=of, method=method, side=int(round(relu.shape[1] ** 0.5)), step=step,
                                  raw_maximum=[float(f'{v:.6g}') for v in high[:, 0]],
                                  maps=[[round(float(v), 6) for v in row[::step]] for row in scaled]))

from skimage.metrics import structural_similarity
from scipy.stats import spearmanr
a, b = uniform('similar/a', 49 * 49).reshape(49, 49), uniform('similar/b', 49 * 49).reshape(49, 49)
blend = np.round(0.6 * a + 0.4 * b, 2) # rounded, so that ranks have ties
similarity = dict(side=49, weights=[0.6, 0.4], spearman=float(spearmanr(a.ravel(), blend.ravel())[0]),
                  ssim=float(structural_similarity(a, blend, data_range=1.0)))

made = {name: version(name) for name in ('torch', 'torchvision', 'grad-cam', 'scikit-image', 'scipy', 'numpy')}
(here / 'cams.json').write_text(json.dumps(dict(made_with=made, side=SIDE, labels=LABELS, classes=3, cases=cases, similarity=similarity)) + '\n')
