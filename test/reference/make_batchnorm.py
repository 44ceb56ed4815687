"""Writes batchnorm.json: ten SGD steps with BatchNorm in train mode, in float64, for the generated weights and images of
make_reference.py. One batch is short, as the last one of an epoch often is.

Gradients are kept of the first step and of the short one: later, float32 and float64 may fall on either side of a ReLU's kink, after
which single gradients differ by percents while losses, weights and statistics still agree.

usage: python make_batchnorm.py        (pip install torch torchvision scikit-learn pillow)
"""
import sys
from pathlib import Path
import torch

here = Path(__file__).parent
source = (here / 'make_reference.py').read_text().split('# -- forward:')[0]
sys.argv = [sys.argv[0], '42', str(here)]
exec(compile(source, 'make_reference.py', 'exec'))

SIDE, BATCH, STEPS, SHORT_STEP, SHORT_BATCH, MOMENTUM, RATE, DECAY = 64, 6, 10, 4, 4, 0.1, 0.005, 1e-4
ALL = ['conv1', 'bn1', 'layer1', 'layer2', 'layer3', 'layer4', 'fc']

cases = []
for arch, unfrozen in (('resnet18', ALL), ('resnet50', ['layer4', 'fc'])):
    model = network(arch, 3).double()  # in eval mode; then the unfrozen part alone in train mode
    for name, child in model.named_children():
        child.train(name in unfrozen)
        for p in child.parameters():
            p.requires_grad = name in unfrozen
    trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    opt = torch.optim.SGD([p for _, p in trained], lr=RATE, momentum=0.9, weight_decay=DECAY)
    steps = []
    for step in range(STEPS):
        count = SHORT_BATCH if step == SHORT_STEP else BATCH
        x = tensor(f'batchNorm{step}', (BATCH, 3, SIDE, SIDE), -2, 2)[:count].double()
        y = torch.tensor([(step + i) % 3 for i in range(count)])
        logits = model(x)
        loss = F.cross_entropy(logits, y)
        opt.zero_grad(); loss.backward()
        gradients = {n: digest(p.grad) for n, p in trained} if step in (0, SHORT_STEP) else None
        opt.step()
        steps.append(dict(labels=y.tolist(), loss=loss.item(), logits=logits.tolist(), gradients=gradients))
    state = {n: t for n, t in model.state_dict().items() if n.split('.')[0] in unfrozen}
    counts = {n: t.item() for n, t in model.state_dict().items() if n.endswith('num_batches_tracked')}
    model.eval()
    with torch.no_grad():
        evaluated = model(tensor('batchNorm evaluation', (2, 3, SIDE, SIDE), -2, 2).double())
    cases.append(dict(arch=arch, classes=3, unfrozen=unfrozen, side=SIDE, batch=BATCH, momentum=MOMENTUM, rate=RATE, weight_decay=DECAY,
                      steps=steps, after={n: digest(t) for n, t in state.items() if t.is_floating_point()}, counts=counts,
                      evaluated=evaluated.tolist()))
save('batchnorm', dict(cases=cases))
