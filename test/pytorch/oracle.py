"""Values and derivatives by PyTorch, for comparison with ours.

Reads one JSON request a line and writes one JSON answer a line; the first line written tells the version of
PyTorch. A request's expression is evaluated as Python: requests come from the tables in cases/ and from nowhere
else. Numbers travel as the bytes of float64 in base64, so that each arrives as it was, NaN and -0 too.
"""

import base64
import json
import sys
from array import array

import torch
import torch.nn.functional as F


def decode(text, shape):
    numbers = array("d", base64.b64decode(text))
    return torch.tensor(numbers.tolist(), dtype=torch.float64).reshape(shape)


def encode(tensor):
    # Cloned, as PyTorch keeps some zeros without storing them.
    return base64.b64encode(array("d", tensor.detach().clone().reshape(-1).tolist()).tobytes()).decode()


def gradients(output, inputs, cotangent=None):
    """Those of <cotangent, output>; zeros by what it does not depend on."""
    if not output.requires_grad:
        return [torch.zeros_like(x) for x in inputs]
    found = torch.autograd.grad(output, inputs, cotangent, create_graph=True, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for x, g in zip(inputs, found)]


def answer(request):
    inputs = [decode(x["data"], x["shape"]) for x in request["inputs"]]
    inputs = [x.long() if given["whole"] else x.requires_grad_() for x, given in zip(inputs, request["inputs"])]
    names = {"torch": torch, "F": F, **{f"x{i}": x for i, x in enumerate(inputs)}}
    outputs = eval(request["expression"], names)
    outputs = [outputs] if isinstance(outputs, torch.Tensor) else outputs
    value = torch.cat([y.reshape(-1).to(torch.float64) for y in outputs])

    moving = [x for x in inputs if x.requires_grad]
    cotangent = decode(request["cotangent"], [-1]).requires_grad_()
    first = gradients(value, moving, cotangent)
    directions = [decode(text, x.shape) for text, x in zip(request["directions"], moving)]
    projections = [(g * direction).sum() for g, direction in zip(first, directions)]
    second = gradients(sum(projections, torch.zeros(())), [*moving, cotangent])
    return {
        "shapes": [list(y.shape) for y in outputs],
        "value": encode(value),
        "first": [encode(g) for g in first],
        "second": [encode(g) for g in second],
    }


print(json.dumps(torch.__version__), flush=True)
for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))))
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
