"""Data sets and loaders: small programs, interpreted, and run by torch to see that it gives such shapes."""
from __future__ import annotations

import textwrap
from typing import Any

import pytest

from lstmlint.trace import Operation
from lstmlint.values.base import Value
from lstmlint.values.data import Array, DictObject, ListObject, Tuple, items_of
from tests.interpreter.programs import bindings, trace_of
from tests.library.tensors import torch

HEAD = """
import numpy as np
import torch
from torch.utils.data import ConcatDataset, DataLoader, Dataset, IterableDataset, Subset, TensorDataset, random_split

X = torch.zeros(100, 20, 8)
y = torch.zeros(100, dtype=torch.long)


class Windows(Dataset):
    def __init__(self, data, width):
        self.data = data
        self.width = width

    def __len__(self):
        return len(self.data) - self.width

    def __getitem__(self, i):
        return self.data[i:i + self.width], self.data[i + self.width, 0]
"""


def shown(value: Value) -> str:
    """The shapes of a batch, as a person would write them."""
    if isinstance(value, Array):
        return f"{value.shape}"
    items = items_of(value) if isinstance(value, (Tuple, ListObject)) else None
    if items is not None:
        parts = ", ".join(map(shown, items.known)) if items.known is not None else f"{items.length} × {shown(items.element)}"
        return f"[{parts}]"
    if isinstance(value, DictObject):
        return "{" + ", ".join(f"{key.value}: {shown(part)}" for key, part in value.entries.known) + "}"  # type: ignore[attr-defined]
    return getattr(value, "type_path", None) or "?"


def fits(real: Any, value: Value) -> bool:
    """Whether a value of the analysis may be what torch made."""
    if isinstance(value, Array):
        dims = value.shape.dims
        return value.shape.open or (
            len(dims) == real.ndim and all(n == d for n, d in zip(real.shape, dims) if isinstance(d, int))
        )
    items = items_of(value) if isinstance(value, (Tuple, ListObject)) else None
    if items is not None and items.known is not None:
        return len(real) == len(items.known) and all(map(fits, real, items.known))
    if isinstance(value, DictObject):
        return all(fits(real[key.value], part) for key, part in value.entries.known)  # type: ignore[attr-defined]
    return True


PROGRAMS = {
    "tensors": ("for batch in DataLoader(TensorDataset(X, y), batch_size=32): pass", "[(batch, 20, 8), (batch,)]"),
    "keeps the size": ("for batch in DataLoader(TensorDataset(X, y), batch_size=32, drop_last=True): pass", "[(32, 20, 8), (32,)]"),
    "divides": ("for batch in DataLoader(TensorDataset(X, y), batch_size=25, shuffle=True): pass", "[(25, 20, 8), (25,)]"),
    "one batch": ("batch = next(iter(DataLoader(TensorDataset(X, y), batch_size=500)))", "[(100, 20, 8), (100,)]"),
    "default size": ("batch = next(iter(DataLoader(TensorDataset(X, y))))", "[(1, 20, 8), (1,)]"),
    "enumerate": ("for i, batch in enumerate(DataLoader(TensorDataset(X), 32)): pass", "[(batch, 20, 8)]"),
    "unpacked": ("for i, (a, b) in enumerate(DataLoader(TensorDataset(X, y), 32)):\n    batch = a", "(batch, 20, 8)"),
    "class": ("for batch in DataLoader(Windows(torch.zeros(70, 3), 10), batch_size=16): pass", "[(batch, 10, 3), (batch,)]"),
    "class of arrays": ("for batch in DataLoader(Windows(np.zeros((70, 3)), 10), batch_size=20): pass", "[(20, 10, 3), (20,)]"),
    "a sample": ("batch = Windows(torch.zeros(70, 3), 10)[5]", "[(10, 3), ()]"),
    "a sample of tensors": ("batch = TensorDataset(X, y)[0]", "[(20, 8), ()]"),
    "subset": ("for batch in DataLoader(Subset(TensorDataset(X, y), range(50)), batch_size=10): pass", "[(10, 20, 8), (10,)]"),
    "split": (
        "train, test = random_split(TensorDataset(X, y), [80, 20])\nfor batch in DataLoader(train, batch_size=16): pass",
        "[(16, 20, 8), (16,)]",
    ),
    "concatenated": (
        "both = ConcatDataset([TensorDataset(X, y), TensorDataset(X, y)])\nfor batch in DataLoader(both, batch_size=50): pass",
        "[(50, 20, 8), (50,)]",
    ),
    "list": ("for batch in DataLoader([(np.zeros(5), 1)] * 10, batch_size=4): pass", "[(batch, 5), (batch,)]"),
    "array": ("for batch in DataLoader(np.zeros((10, 5)), batch_size=5): pass", "(5, 5)"),
    "sampler": (
        "s = torch.utils.data.SubsetRandomSampler(range(10))\n"
        "for batch in DataLoader(TensorDataset(X), batch_size=25, sampler=s): pass",
        "[(batch, 20, 8)]",
    ),
    "collate_fn": (
        "def collate(samples):\n"
        "    a = torch.stack([s[0] for s in samples])\n"
        "    b = torch.tensor([s[1] for s in samples])\n"
        "    return {'x': a.permute(1, 0, 2), 'y': b}\n"
        "for batch in DataLoader(TensorDataset(X, y), batch_size=25, collate_fn=collate): pass",
        "{x: (20, 25, 8), y: (25,)}",
    ),
    "collate_fn that turns the pairs": (
        "def collate(samples):\n"
        "    xs, ys = zip(*samples)\n"
        "    return torch.stack(xs, dim=1), torch.tensor(ys)\n"
        "for batch in DataLoader(TensorDataset(X, y), batch_size=25, collate_fn=collate): pass",
        "[(20, 25, 8), (25,)]",
    ),
    "dictionaries": (
        "class Named(Dataset):\n"
        "    def __len__(self): return 12\n"
        "    def __getitem__(self, i): return {'x': torch.zeros(4), 'name': 'abc', 'label': i % 2}\n"
        "for batch in DataLoader(Named(), batch_size=4): pass",
        "{x: (4, 4), name: [4 × str], label: (4,)}",
    ),
    "iterable": (
        "class Stream(IterableDataset):\n"
        "    def __iter__(self):\n"
        "        for i in range(100): yield torch.zeros(7), i\n"
        "for batch in DataLoader(Stream(), batch_size=10): pass",
        "[(batch, 7), (batch,)]",
    ),
    "no batches": ("for batch in DataLoader(TensorDataset(X, y), batch_size=None): pass", "[(20, 8), ()]"),
    "own batches": (
        "class Batches:\n"
        "    def __iter__(self):\n"
        "        for i in range(0, 100, 10): yield X[i:i + 10], y[i:i + 10]\n"
        "for batch in Batches(): pass",
        "[(10, 20, 8), (10,)]",
    ),
    "own iterator": (
        "class Batches:\n"
        "    def __init__(self): self.i = 0\n"
        "    def __iter__(self): return self\n"
        "    def __next__(self):\n"
        "        self.i += 1\n"
        "        if self.i > 3: raise StopIteration\n"
        "        return X[:10], y[:10]\n"
        "for batch in Batches(): pass",
        "[(10, 20, 8), (10,)]",
    ),
    "once for each batch": (
        "losses = []\n"
        "for (a,) in DataLoader(TensorDataset(X), batch_size=32):\n    losses.append(a.mean().item())\n"
        "batch = torch.tensor(losses)",
        "(4,)",
    ),
    "texts": ("for batch in DataLoader(['a', 'b'], batch_size=2): pass", "[2 × str]"),
    "number of batches": ("batch = torch.zeros(len(DataLoader(TensorDataset(X), batch_size=32)))", "(4,)"),
    "number of full batches": ("batch = torch.zeros(len(DataLoader(TensorDataset(X), batch_size=32, drop_last=True)))", "(3,)"),
    "number of samples": ("batch = torch.zeros(len(DataLoader(TensorDataset(X), batch_size=32).dataset))", "(100,)"),
    "the batch is one number": (
        "for a, b in DataLoader(TensorDataset(X, y), batch_size=32):\n    batch = a.view(a.size(0), -1) + b.unsqueeze(1)",
        "(batch, 160)",
    ),
    "batches together": (
        "found = []\nfor (a,) in DataLoader(TensorDataset(X), batch_size=32):\n    found.append(a)\nbatch = torch.cat(found)",
        "(?, 20, 8)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_batches(name: str) -> None:
    program, expected = PROGRAMS[name]
    value = bindings(HEAD + program)["batch"]
    assert shown(value) == expected
    scope: dict[str, Any] = {}
    exec(HEAD + program, scope)
    assert fits(scope["batch"], value), scope["batch"]


def test_a_loader_of_something_unknown_says_nothing() -> None:
    program = """
    import torch
    from helpers import samples, collate
    from torch.utils.data import DataLoader, TensorDataset
    for a in DataLoader(samples, batch_size=4): pass
    for b in DataLoader(TensorDataset(samples), batch_size=4): pass
    for c in DataLoader(TensorDataset(torch.zeros(8, 2)), batch_size=4, collate_fn=collate): pass
    """
    found = bindings(program)
    assert [shown(found[name]) for name in "abc"] == ["?", "[?]", "?"]


def test_tensors_of_unlike_lengths_are_no_data_set() -> None:
    program = "import torch\nd = torch.utils.data.TensorDataset(torch.zeros(10, 3), torch.zeros(9))\n"
    violations = [event.violation for event in trace_of(program).events if isinstance(event, Operation)]
    assert [violation.kind for violation in violations if violation is not None] == ["samples"]
    with pytest.raises(AssertionError):
        torch.utils.data.TensorDataset(torch.zeros(10, 3), torch.zeros(9))


def test_samples_of_unlike_lengths_are_batches_of_unlike_lengths() -> None:
    program = textwrap.dedent("""
    import torch
    from torch.nn.utils.rnn import pad_sequence
    from torch.utils.data import DataLoader, Dataset

    class Texts(Dataset):
        def __init__(self, texts):
            self.texts = texts
        def __len__(self):
            return len(self.texts)
        def __getitem__(self, i):
            return torch.tensor([ord(c) for c in self.texts[i]])

    texts = open("texts.txt").read().split()
    found = []
    for batch in DataLoader(Texts(texts), batch_size=1):
        found.append(batch)
    both = torch.cat(found)
    """)
    found = bindings(program)
    batch, both = found["batch"], found["both"]
    assert isinstance(batch, Array) and batch.shape.rank == 2 and batch.shape.dims[0] == 1
    assert isinstance(both, Array) and not any(isinstance(dim, int) for dim in both.shape.dims)


def test_pictures() -> None:
    program = """
    import torch
    import torchvision
    import torchvision.transforms as transforms
    from torchvision import datasets

    steps = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    train = torchvision.datasets.MNIST(root="data", train=True, transform=steps, download=True)
    colours = datasets.CIFAR10("data", train=False, transform=transforms.Compose([transforms.Resize(64), transforms.ToTensor()]))
    for a, b in torch.utils.data.DataLoader(train, batch_size=100): pass
    for c, d in torch.utils.data.DataLoader(colours, batch_size=64): pass
    for e in torch.utils.data.DataLoader(datasets.MNIST("data"), batch_size=64): pass
    f = train.data
    g = a.reshape(-1, 28, 28)
    """
    found = bindings(program)
    expected = ["(100, 1, 28, 28)", "(100,)", "(batch, 3, 64, 64)", "(batch,)", "[?, (batch,)]", "(60000, 28, 28)", "(100, 28, 28)"]
    assert [shown(found[name]) for name in "abcdefg"] == expected


@pytest.mark.parametrize("place", ["torchtext", "torchtext.legacy"])
def test_batches_of_texts(place: str) -> None:
    program = f"""
    import torch
    from {place} import data, datasets
    TEXT = data.Field(tokenize="spacy", include_lengths=True)
    LABEL = data.LabelField(dtype=torch.float)
    train, test = datasets.IMDB.splits(TEXT, LABEL)
    train, valid = train.split()
    TEXT.build_vocab(train, max_size=25000)
    loaders = data.BucketIterator.splits((train, valid, test), batch_size=64, device="cpu")
    for batch in loaders[0]:
        text, lengths = batch.text
        label = batch.label
    QUESTION = data.Field(batch_first=True, fix_length=30)
    table = data.TabularDataset.splits(path=".", train="a.csv", test="b.csv", format="csv",
                                       fields=[("q", QUESTION), (None, None), ("y", LABEL)])
    for other in data.Iterator(table[0], batch_size=8):
        q = other.q
    words = torch.zeros(len(TEXT.vocab))
    """
    found = bindings(program)
    names = ("text", "lengths", "label", "q", "words")
    assert [shown(found[name]) for name in names] == ["(time, batch)", "(batch,)", "(batch,)", "(batch, 30)", "(len(vocab),)"]


def test_what_a_generator_yields_may_differ_from_one_to_the_next() -> None:
    program = """
    import numpy as np
    def batches():
        for i in range(9):
            yield np.zeros((np.random.randint(3, 9), 3))
    found = []
    for batch in batches():
        found.append(batch)
    all = np.array(found)
    """
    found = bindings(program)["all"]
    assert isinstance(found, Array) and found.shape.open


def test_the_weights_of_a_model_are_tensors() -> None:
    program = """
    import torch
    from torch import nn
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(4, 6)
        def start(self, batch):
            weight = next(self.parameters()).data
            return weight.new(1, batch, 6).zero_()
    state = Net().start(9)
    """
    assert shown(bindings(program)["state"]) == "(1, 9, 6)"
