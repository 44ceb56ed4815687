"""Speed of a plain PyTorch script for the same work: the reference of docs/benchmarks.md. Not part of the product.

    python peer.py steps [--networks resnet18 resnet50] [--batches 32 64 128] [--image 224] [--seconds 1]
    python peer.py recipe photos|chest-xray FOLDER [--weights FILE.safetensors] [--workers 4] [--epochs-only N]

`steps` prints the images a second of the frozen trunk (conv1 to layer3) and of a training step of layer4 and head from its features,
as `npm run bench:device` does. `recipe` trains the bundled recipe from files to a test AUROC and prints seconds. FOLDER holds class folders,
or train/, val/ and test/ with class folders. CUDA where there is one (float32, TF32 off), else the CPU. BatchNorm stays in eval mode.
Needs torch, torchvision and, for --weights, safetensors.
"""

import argparse
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, models
from torchvision import transforms as T

DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
TRUNK = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3")


def synchronize():
    if DEVICE.type == "cuda":
        torch.cuda.synchronize()


def network(name, classes=2, weights=None):
    net = getattr(models, name)()
    if weights:
        from safetensors.torch import load_file

        net.load_state_dict({key: value.float() for key, value in load_file(weights).items()})
    net.fc = nn.Linear(net.fc.in_features, classes)
    return net.to(DEVICE).eval()


def trunk_of(net, x):
    for part in TRUNK:
        x = getattr(net, part)(x)
    return x


def tail_of(net, features):
    return net.fc(torch.flatten(net.avgpool(net.layer4(features)), 1))


# ---- steps


def rate(run, batch, seconds):
    """Images per second: the median after two runs that allocate."""
    for _ in range(2):
        run()
    times = []
    while len(times) < 3 or sum(times) < seconds:
        synchronize()
        began = time.perf_counter()
        run()
        synchronize()
        times.append(time.perf_counter() - began)
    return batch / sorted(times)[len(times) // 2]


def optimizer_of(name, net):
    groups = [{"params": net.layer4.parameters()}, {"params": net.fc.parameters()}]
    if name == "sgd":
        return torch.optim.SGD(groups, lr=1e-3, momentum=0.9, weight_decay=1e-4)
    return torch.optim.AdamW(groups, lr=1e-3, weight_decay=1e-4)


def steps(args):
    print(f"{torch.cuda.get_device_name() if DEVICE.type == 'cuda' else 'CPU'}, torch {torch.__version__}")
    for name in args.networks:
        for batch in args.batches:
            net = network(name)
            # From the host's memory, like an image or a cached feature.
            pixels = torch.randint(0, 256, (batch, 3, args.image, args.image), dtype=torch.uint8)

            def trunk():
                with torch.inference_mode():
                    return trunk_of(net, pixels.to(DEVICE).float() / 255).half().cpu()

            halves = trunk().clone()
            print(f"{name} trunk, batch {batch}: {rate(trunk, batch, args.seconds):.1f} images/s", flush=True)
            labels = (torch.arange(batch) % 2).to(DEVICE)
            for kind in ("sgd", "adamw"):
                net = network(name)
                optimizer = optimizer_of(kind, net)

                def step():
                    loss = F.cross_entropy(tail_of(net, halves.to(DEVICE).float()), labels)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    return loss.item()

                print(f"{name} step layer4 {kind}, batch {batch}: {rate(step, batch, args.seconds):.1f} images/s", flush=True)
    if DEVICE.type == "cuda":
        print(f"most memory on the card: {torch.cuda.max_memory_reserved() / 2**20:.0f} MB")


# ---- recipe

RECIPES = {
    "photos": dict(
        network="resnet18",
        augment=[
            T.RandomResizedCrop(224, scale=(0.8, 1)),
            T.RandomHorizontalFlip(),
            T.ColorJitter(0.1, 0.1, 0.1),
        ],
        grayscale=False,
        class_weights=False,
        stages=[
            dict(unfreeze="fc", epochs=5, optimizer="adamw", head=3e-3, schedule="cosine"),
            dict(unfreeze="layer4", epochs=5, optimizer="adamw", head=5e-4, backbone=5e-5, schedule="cosine"),
        ],
    ),
    "chest-xray": dict(
        network="resnet50",
        augment=[T.RandomResizedCrop(224, scale=(0.85, 1)), T.RandomHorizontalFlip(), T.RandomRotation(7)],
        grayscale=True,
        class_weights=True,
        stages=[
            dict(unfreeze="fc", epochs=5, optimizer="adamw", head=2e-3, schedule="oneCycle"),
            dict(unfreeze="layer4", epochs=10, optimizer="sgd", head=5e-4, backbone=1e-4, schedule="cosine"),
        ],
    ),
}


def datasets_of(folder, augment, grayscale):
    last = [T.Grayscale(3)] * grayscale + [
        T.ToTensor(),
        T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    ]
    train = T.Compose([*augment, *last])
    plain = T.Compose([T.Resize(257), T.CenterCrop(224), *last])
    if (folder / "train").is_dir():
        found = [datasets.ImageFolder(folder / part, train if part == "train" else plain) for part in ("train", "val", "test")]
        return found, found[0].classes
    augmented, whole = datasets.ImageFolder(folder, train), datasets.ImageFolder(folder, plain)
    order = torch.randperm(len(whole), generator=torch.Generator().manual_seed(42)).tolist()
    a, b = round(0.7 * len(order)), round(0.85 * len(order))
    return [Subset(augmented, order[:a]), Subset(whole, order[a:b]), Subset(whole, order[b:])], whole.classes


def labels_of(dataset):
    return [dataset.dataset.targets[i] for i in dataset.indices] if isinstance(dataset, Subset) else dataset.targets


def auroc(scores, labels):
    """Mann and Whitney's statistic; ties count one half."""
    positive, negative = scores[labels == 1], scores[labels == 0]
    difference = positive[:, None] - negative[None, :]
    return ((difference > 0).double() + 0.5 * (difference == 0)).mean().item()


@torch.inference_mode()
def evaluate(net, loader):
    logits, labels = [], []
    for images, targets in loader:
        logits.append(net(images.to(DEVICE)).cpu())
        labels.append(targets)
    logits, labels = torch.cat(logits), torch.cat(labels)
    return F.cross_entropy(logits, labels).item(), auroc(logits.softmax(1)[:, 1], labels)


def train_stage(net, stage, loaders, class_weights, epochs):
    for name, parameter in net.named_parameters():
        parameter.requires_grad = name.startswith("fc") or name.startswith(stage["unfreeze"])
    groups = [{"params": list(net.fc.parameters()), "lr": stage["head"]}]
    if "backbone" in stage:
        groups.append({"params": list(net.layer4.parameters()), "lr": stage["backbone"]})
    if stage["optimizer"] == "sgd":
        optimizer = torch.optim.SGD(groups, lr=stage["head"], momentum=0.9, weight_decay=1e-4)
    else:
        optimizer = torch.optim.AdamW(groups, lr=stage["head"], weight_decay=1e-4)
    train, val, _ = loaders
    per_batch = stage["schedule"] == "oneCycle"
    if per_batch:
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, [group["lr"] for group in groups], total_steps=max(2, epochs * len(train)), final_div_factor=1e4
        )
    else:
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=10)
    best = (float("inf"), None)
    for epoch in range(epochs):
        began = time.perf_counter()
        for images, labels in train:
            loss = F.cross_entropy(net(images.to(DEVICE)), labels.to(DEVICE), class_weights)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if per_batch:
                schedule.step()
        if not per_batch:
            schedule.step()
        val_loss, val_auroc = evaluate(net, val)
        if val_loss < best[0]:
            best = (val_loss, {key: value.clone() for key, value in net.state_dict().items()})
        seconds = time.perf_counter() - began
        print(f"{stage['unfreeze']} epoch {epoch + 1}: {seconds:.1f} s, val loss {val_loss:.4f}, AUROC {val_auroc:.4f}", flush=True)
    if best[1]:
        net.load_state_dict(best[1])


def recipe(args):
    chosen = RECIPES[args.recipe]
    torch.manual_seed(42)
    began = time.perf_counter()
    found, classes = datasets_of(Path(args.folder), chosen["augment"], chosen["grayscale"])
    loaders = [
        DataLoader(each, 32 if i == 0 else 64, shuffle=i == 0, num_workers=args.workers, persistent_workers=args.workers > 0)
        for i, each in enumerate(found)
    ]
    net = network(chosen["network"], len(classes), args.weights)
    counts = torch.bincount(torch.tensor(labels_of(found[0])), minlength=len(classes))
    weights = (counts.sum() / (len(classes) * counts)).to(DEVICE) if chosen["class_weights"] else None
    for stage in chosen["stages"]:
        train_stage(net, stage, loaders, weights, args.epochs_only or stage["epochs"])
    loss, area = evaluate(net, loaders[2])
    print(f"{args.recipe}, {DEVICE.type}: {time.perf_counter() - began:.1f} s; test loss {loss:.4f}, AUROC {area:.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("steps")
    one.add_argument("--networks", nargs="+", default=["resnet18", "resnet50"])
    one.add_argument("--batches", nargs="+", type=int, default=[32, 64, 128])
    one.add_argument("--image", type=int, default=224)
    one.add_argument("--seconds", type=float, default=1)
    two = commands.add_parser("recipe")
    two.add_argument("recipe", choices=RECIPES)
    two.add_argument("folder")
    two.add_argument("--weights")
    two.add_argument("--workers", type=int, default=4)
    two.add_argument("--epochs-only", type=int, help="of each stage, for trying")
    args = parser.parse_args()
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True
    {"steps": steps, "recipe": recipe}[args.command](args)


if __name__ == "__main__":
    main()
