"""The training step of a problem file in PyTorch: `pytorch_vae.py <problem> <threads>`; see ../src/processes/serve.ts."""
import json
import struct
import sys
import time

import torch
import torch.nn.functional as F


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4, offset=begin)
        tensors[name] = flat.reshape(entry["shape"]).clone()
    return tensors, metadata


path, threads = sys.argv[1:]
torch.set_num_threads(int(threads))
tensors, metadata = read_safetensors(path)
x, noise = tensors.pop("x"), tensors.pop("noise")
parameters = {name: tensor.requires_grad_() for name, tensor in tensors.items()}
optimizer = torch.optim.Adam(parameters.values(), lr=1e-3, betas=(0.9, 0.999), eps=1e-8)


def linear(h, path):
    return torch.addmm(parameters[path + ".bias"], h, parameters[path + ".weight"])


def dense(h, path):
    for layer in (0, 2, 4):
        if f"{path}.{layer}.weight" in parameters:
            h = torch.relu(linear(h, f"{path}.{layer}"))
    return h


def convolution(operation, h, path):
    return operation(h, parameters[path + ".weight"], parameters[path + ".bias"], stride=2, padding=1)


def encode(h):
    if metadata["layout"] == "conv":
        h = h.reshape(-1, 1, 28, 28)
        for layer in (0, 1):
            h = torch.relu(convolution(F.conv2d, h, f"encoder.trunk.convolutions.{layer}"))
        h = h.flatten(1)
    h = dense(h, "encoder.trunk.dense.layers")
    return linear(h, "encoder.location"), linear(h, "encoder.spread")


def decode(z):
    h = dense(z, "decoder.network.dense.layers")
    if metadata["layout"] != "conv":
        return linear(h, "decoder.network.locations")
    h = torch.relu(linear(h, "decoder.network.unfold")).reshape(-1, 64, 7, 7)
    h = torch.relu(convolution(F.conv_transpose2d, h, "decoder.network.convolutions.0"))
    return convolution(F.conv_transpose2d, h, "decoder.network.locations").flatten(1)


def step(eps):
    mu, log_variance = encode(x)
    z = mu + torch.exp(0.5 * log_variance) * eps
    reconstruction = F.binary_cross_entropy_with_logits(decode(z), x, reduction="sum")
    divergence = 0.5 * (mu.square() + log_variance.exp() - 1 - log_variance).sum()
    loss = (reconstruction + divergence) / x.shape[0]
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    return loss.item()


def time_steps(seconds):
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 1 or time.perf_counter() < end:
        start = time.perf_counter()
        step(torch.randn_like(noise))
        times.append((time.perf_counter() - start) * 1e3)
    return times


def say(answer):
    print(json.dumps(answer), flush=True)


def blas():
    """The file of the library that multiplies its matrices, as far as it can be told."""
    with open("/proc/self/maps") as maps:
        names = {line.rsplit("/", 1)[-1].strip() for line in maps if "blas" in line.lower()}
    return ", ".join(sorted(names)) or "its own BLAS"


say({"version": f"{torch.__version__} with {blas()}", "losses": [step(noise) for _ in metadata["losses"].split()]})
for line in sys.stdin:
    say(time_steps(json.loads(line)["argument"]))
