r"""Write the reference outputs in `data/` by running the networks' original code with seeded weights.

Run it from the repository's root, in an environment of its own that has the packages `gfpgan`, `facexlib`, `basicsr`,
`torchvision` and `einops`:

    python -m tests.golden.make --codeformer CHECKOUT --vqfr CHECKOUT --restoreformer-plus CHECKOUT --elir CHECKOUT \
        [--photos DIR --detector-weights FILE] [NAME...]

The checkouts are folders of the public repositories sczhou/CodeFormer, TencentARC/VQFR,
wzhouxiff/RestoreFormerPlusPlus and eladc-git/ELIR; nothing is fetched or built here. Each network runs in a process of
its own, because CodeFormer's repository and the package both bring a `basicsr`. Without names all references are made.
"""

import argparse
import importlib
import json
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.golden import seeded

DATA = Path(__file__).parent / "data"
SAMPLES = 2048
Outputs = dict[str, torch.Tensor]


def module_of(name: str, **members: Any) -> types.ModuleType:
    """Put a stand-in module in place of one that the reference code imports and does not need here."""
    module = types.ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module
    return module


def package_at(name: str, folder: Path) -> None:
    """Make `name` importable from `folder` without running its __init__, which would import training code."""
    module_of(name, __path__=[str(folder)])


def patch_torchvision() -> None:
    """basicsr 1.4.2 imports a module that torchvision removed in 0.17."""
    functional = importlib.import_module("torchvision.transforms.functional")
    module_of("torchvision.transforms.functional_tensor", rgb_to_grayscale=functional.rgb_to_grayscale)


def seed(network: torch.nn.Module, name: str) -> dict[str, list[int]]:
    """Give the network its seeded state; return the state's names and shapes."""
    shapes = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    state = {key: torch.from_numpy(np.array(value)) for key, value in seeded.state(shapes, name).items()}
    network.load_state_dict(state, strict=True)
    network.eval()
    return {key: list(shape) for key, shape in shapes.items()}


def margin(scores: torch.Tensor) -> torch.Tensor:
    """How far the best code is ahead of the second, in standard deviations of the scores; the smallest over all places.

    A lookup whose margin is near the rounding error would flip between two programs.
    """
    best = scores.topk(2, dim=-1).values
    return ((best[..., 0] - best[..., 1]) / scores.std(dim=-1)).min()


def gfpgan(face: torch.Tensor, _: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    patch_torchvision()
    arch = importlib.import_module("gfpgan.archs.gfpganv1_clean_arch")
    network = arch.GFPGANv1Clean(
        out_size=512,
        num_style_feat=512,
        channel_multiplier=2,
        decoder_load_path=None,
        fix_decoder=False,
        num_mlp=8,
        input_is_latent=True,
        different_w=True,
        narrow=1,
        sft_half=True,
    )
    return network, lambda: {"out": network(face, return_rgb=False, randomize_noise=False)[0]}


def restoreformer(face: torch.Tensor, _: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    patch_torchvision()
    network = importlib.import_module("gfpgan.archs.restoreformer_arch").RestoreFormer()

    def run() -> Outputs:
        _, _, info, hidden = network.encode(face)
        del hidden
        return {"out": network(face)[0], "margin": margin(-info[3])}

    return network, run


def restoreformer_plus(face: torch.Tensor, args: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    package_at("RestoreFormer", args.restoreformer_plus / "RestoreFormer")
    network = importlib.import_module("RestoreFormer.modules.vqvae.vqvae_arch").VQVAEGANMultiHeadTransformer(
        head_size=4, ex_multi_scale_num=1
    )
    return network, lambda: {"out": network(face)[0], "margin": margin(-network.encode(face)[2][3])}


def arcface_resnet18(face: torch.Tensor, args: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    module_of("basicsr")
    module_of("basicsr.utils")
    registry = types.SimpleNamespace(register=lambda: lambda kind: kind)
    module_of("basicsr.utils.registry", ARCH_REGISTRY=registry)
    package_at("RestoreFormer", args.restoreformer_plus / "RestoreFormer")
    network = importlib.import_module("RestoreFormer.modules.vqvae.arcface_arch").ResNetArcFace(
        "IRBlock", [2, 2, 2, 2], use_se=False
    )
    return network, lambda: {"out": torch.nn.functional.normalize(network(face))}


def codeformer(face: torch.Tensor, args: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    root = args.codeformer / "basicsr"
    package_at("basicsr", root)
    package_at("basicsr.archs", root / "archs")
    package_at("basicsr.utils", root / "utils")
    vars(sys.modules["basicsr.utils"])["get_root_logger"] = lambda: None
    network = importlib.import_module("basicsr.archs.codeformer_arch").CodeFormer(
        dim_embd=512, codebook_size=1024, n_head=8, n_layers=9, connect_list=["32", "64", "128", "256"]
    )

    def run() -> Outputs:
        outputs = {}
        for fidelity in seeded.FIDELITIES["codeformer"]:
            outputs[f"out_{fidelity}"], logits, _ = network(face, w=fidelity, adain=True)
        return outputs | {"margin": margin(logits)}

    return network, run


def elir(face: torch.Tensor, args: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    package_at("ELIR", args.elir / "ELIR")
    package_at("ELIR.models", args.elir / "ELIR" / "models")
    parts = {
        name: importlib.import_module(f"ELIR.models.{module}")
        for name, module in (("lunet", "lunet"), ("rrdbnet", "rrdbnet"), ("taesd", "taesd"))
    }
    makers: dict[str, Callable[..., torch.nn.Module]] = {
        "lunet": parts["lunet"].LUnet,
        "rrdbnet": parts["rrdbnet"].RRDBNet,
        "tiny_enc": lambda: parts["taesd"].TAESD(pretrained=False).encoder,
        "tiny_dec": lambda: parts["taesd"].TAESD(pretrained=False).decoder,
    }
    # The repository's own fetches the autoencoder's weights, which the checkpoint replaces.
    module_of("ELIR.models.load_model", get_model=lambda part: makers[part["name"]](**part.get("params", {})))
    network = importlib.import_module("ELIR.models.elir").Elir(
        # configs/elir_infer_bfr.yaml, but for the noise, which the program draws anew for each face.
        fm_cfg={"k_steps": 5, "sigma_s": 0.1, "latent_shape": [16, 64, 64], "dynamic_noise": False},
        fmir_cfg={"name": "lunet", "params": {"ch_mult": [1, 2, 1, 2], "n_mid_blocks": 3}},
        mmse_cfg={"name": "rrdbnet", "params": {"c_inout": 16, "c_hid": 96, "n_rrdb": 3}},
        enc_cfg={"name": "tiny_enc"},
        dec_cfg={"name": "tiny_dec"},
    )
    drawn = np.random.RandomState(2025).standard_normal((1, 16, 64, 64))[
        ..., : face.shape[2] // 8, : face.shape[3] // 8
    ]
    network.noise = network.sigma_s * torch.from_numpy(drawn).float()
    # It takes and gives 0 to 1.
    return network, lambda: {"out": network((face + 1) / 2) * 2 - 1}


def vqfr_package(root: Path) -> None:
    """VQFR's own package, with stand-ins for what only its training needs."""
    importlib.import_module("torchvision")  # before the stand-ins: torch looks for the real packages
    module_of("timm")
    module_of("timm.models")
    module_of("timm.models.layers", trunc_normal_=torch.nn.init.trunc_normal_)
    module_of("sklearn", cluster=None)
    package_at("vqfr", root / "vqfr")
    package_at("vqfr.archs", root / "vqfr" / "archs")
    package_at("vqfr.utils", root / "vqfr" / "utils")
    logger = types.SimpleNamespace(info=lambda _: None, warning=lambda _: None)
    vars(sys.modules["vqfr.utils"]).update(get_root_logger=lambda: logger, all_gather=None)


def vqfr_v1(face: torch.Tensor, args: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    vqfr_package(args.vqfr)
    network = importlib.import_module("vqfr.archs.vqfrv1_arch").VQFRv1(
        base_channels=128,
        proj_patch_size=32,
        resolution_scale_rates=[1, 2, 2, 2, 2, 2],
        channel_multipliers=[1, 1, 2, 2, 2, 4],
        encoder_num_blocks=2,
        decoder_num_blocks=3,
        quant_level=["Level_32"],
        inpfeat_extraction_opt={"in_dim": 3, "out_dim": 32},
        align_from_patch=32,
        align_opt={
            f"Level_{n}": {"cond_channels": 32, "cond_downscale_rate": n, "deformable_groups": 4}
            for n in (32, 16, 8, 4, 2, 1)
        },
        quantizer_opt={
            "Level_32": {
                "type": "L2VectorQuantizerKmeans",
                "in_dim": 512,
                "num_code": 1024,
                "code_dim": 256,
                "reservoir_size": 16384,
                "reestimate_iters": 2000,
                "reestimate_maxiters": -1,
                "warmup_iters": -1,
            }
        },
    )

    def run() -> Outputs:
        result = network(face, return_keys=("dec", "feat_dict"))
        encoded = result["feat_dict"]["Level_32"]["z_conv"].permute(0, 2, 3, 1)
        quantizer = network.quantizer.quantize_dict["Level_32"]
        distance = quantizer.get_distance(encoded.contiguous(), quantizer.embedding.weight)
        return {"out": result["main_dec"], "margin": margin(-distance)}

    return network, run


def vqfr_v2(face: torch.Tensor, args: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    vqfr_package(args.vqfr)
    network = importlib.import_module("vqfr.archs.vqfrv2_arch").VQFRv2(
        base_channels=64,
        channel_multipliers=[1, 2, 2, 4, 4, 8],
        num_enc_blocks=2,
        use_enc_attention=True,
        num_dec_blocks=2,
        use_dec_attention=True,
        code_dim=256,
        inpfeat_dim=32,
        align_opt={"cond_channels": 32, "deformable_groups": 4},
        code_selection_mode="Predict",
        quantizer_opt={
            "type": "L2VectorQuantizer",
            "num_code": 1024,
            "code_dim": 256,
            "spatial_size": [side // 32 for side in face.shape[2:]],
        },
    )

    def run() -> Outputs:
        outputs = {}
        for fidelity in seeded.FIDELITIES["vqfr_v2"]:
            result = network(face, fidelity_ratio=fidelity)
            outputs[f"out_{fidelity}"] = result["main_dec"]
        return outputs | {"margin": margin(result["quant_logit"])}

    return network, run


def retinaface(backbone: str, image: torch.Tensor) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    network = importlib.import_module("facexlib.detection.retinaface").RetinaFace(network_name=backbone, device="cpu")

    def run() -> Outputs:
        boxes, scores, landmarks = network(image)
        return {"boxes": boxes, "scores": scores[..., 1], "landmarks": landmarks}

    return network, run


def parsenet(face: torch.Tensor, _: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    network = importlib.import_module("facexlib.parsing.parsenet").ParseNet(in_size=512, out_size=512, parsing_ch=19)
    return network, lambda: {"out": network(face)[0]}


def rrdb(scale: int, image: torch.Tensor) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    patch_torchvision()
    network = importlib.import_module("basicsr.archs.rrdbnet_arch").RRDBNet(
        num_in_ch=3, num_out_ch=3, num_feat=64, num_block=23, num_grow_ch=32, scale=scale
    )
    return network, lambda: {"out": network(image)}


def general(image: torch.Tensor, _: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    patch_torchvision()
    network = importlib.import_module("basicsr.archs.srvgg_arch").SRVGGNetCompact(
        num_in_ch=3, num_out_ch=3, num_feat=64, num_conv=32, upscale=4, act_type="prelu"
    )
    return network, lambda: {"out": network(image)}


def arcface(faces: torch.Tensor, _: argparse.Namespace) -> tuple[torch.nn.Module, Callable[[], Outputs]]:
    network = importlib.import_module("facexlib.recognition.arcface_arch").Backbone(50, 0.6, mode="ir_se")
    return network, lambda: {"out": network(faces)}


NETWORKS: dict[str, Callable[[torch.Tensor, argparse.Namespace], tuple[torch.nn.Module, Callable[[], Outputs]]]] = {
    "gfpgan": gfpgan,
    "restoreformer": restoreformer,
    "restoreformer_plus": restoreformer_plus,
    "codeformer": codeformer,
    "elir": elir,
    "vqfr_v1": vqfr_v1,
    "vqfr_v2": vqfr_v2,
    "retinaface_resnet50": lambda image, _: retinaface("resnet50", image),
    "retinaface_mobile025": lambda image, _: retinaface("mobile0.25", image),
    "parsenet": parsenet,
    "realesrgan_x4plus": lambda image, _: rrdb(4, image),
    "realesrgan_x2plus": lambda image, _: rrdb(2, image),
    "realesr_general_x4v3": general,
    "arcface": arcface,
    "arcface_resnet18": arcface_resnet18,
}


def make_network(name: str, args: argparse.Namespace) -> None:
    """Run one network and keep samples of its outputs, their statistics, and its state's names and shapes."""
    image = torch.from_numpy(seeded.network_input(name))
    network, run = NETWORKS[name](image, args)
    names = seed(network, name)
    kept: dict[str, Any] = {"names": np.frombuffer(json.dumps(names).encode(), dtype=np.uint8)}
    with torch.no_grad():
        outputs: dict[str, Any] = {key: value.numpy() for key, value in run().items()}
    for key, value in outputs.items():
        if key == "margin":
            kept[key] = value
            continue
        flat = value.ravel()
        kept[key] = flat[seeded.places(f"{name}/{key}", SAMPLES, flat.size)]
        kept[f"{key}_shape"] = np.array(value.shape)
        wide = flat.astype(np.float64)
        kept[f"{key}_statistics"] = np.array([wide.min(), wide.max(), wide.mean(), wide.std()])
        print(name, key, value.shape, kept[f"{key}_statistics"], "margin", outputs.get("margin"))
    np.savez_compressed(DATA / f"{name}.npz", **kept)
    if args.full is not None:
        np.savez(args.full / f"{name}.npz", **outputs)


def make_deformable() -> None:
    """torchvision's modulated deformable convolution on a small seeded input, kept whole."""
    ops = importlib.import_module("torchvision.ops")
    given = {key: torch.from_numpy(value) for key, value in seeded.deformable_input().items()}
    out = ops.deform_conv2d(
        given["features"], given["offset"], given["weight"], given["bias"], padding=1, mask=given["mask"]
    )
    np.savez_compressed(DATA / "deformable.npz", out=out.numpy())


def make_detections(photos: Path, weights: Path) -> None:
    """facexlib's detections with trained weights on every photo of a folder, in file-name order."""
    cv2 = importlib.import_module("cv2")
    network = importlib.import_module("facexlib.detection.retinaface").RetinaFace("mobile0.25", device="cpu")
    state = torch.load(weights, map_location="cpu", weights_only=True)
    network.load_state_dict({key.removeprefix("module."): value for key, value in state.items()}, strict=True)
    network.eval()
    found = {}
    for path in sorted(photos.iterdir()):
        image = cv2.imread(str(path), cv2.IMREAD_COLOR) if path.is_file() else None
        if image is not None:
            with torch.no_grad():
                rows = network.detect_faces(image, 0.97)
            found[path.name] = [[round(float(value), 3) for value in row] for row in rows]
            print(path.name, image.shape, len(rows), "faces")
    (DATA / "detections.json").write_text(json.dumps(found, indent=None, separators=(",", ":")) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NETWORKS)}, deformable, detections")
    parser.add_argument("--codeformer", type=Path, help="folder of a checkout of sczhou/CodeFormer")
    parser.add_argument("--restoreformer-plus", type=Path, help="likewise of wzhouxiff/RestoreFormerPlusPlus")
    parser.add_argument("--elir", type=Path, help="likewise of eladc-git/ELIR")
    parser.add_argument("--vqfr", type=Path, help="folder of a checkout of TencentARC/VQFR")
    parser.add_argument("--photos", type=Path, help="folder of photos to detect faces in")
    parser.add_argument("--detector-weights", type=Path, help="trained detection_mobilenet0.25_Final.pth")
    parser.add_argument("--full", type=Path, help="folder for whole outputs, for a closer look; not committed")
    args = parser.parse_args()
    torch.set_num_threads(2)
    DATA.mkdir(exist_ok=True)
    names = args.names or [*NETWORKS, "deformable", "detections"]
    if len(names) > 1:
        options = [argument for argument in sys.argv[1:] if argument not in args.names]
        for name in names:
            subprocess.run([sys.executable, "-m", "tests.golden.make", *options, name], check=True)
    elif names == ["deformable"]:
        make_deformable()
    elif names == ["detections"]:
        make_detections(args.photos, args.detector_weights)
    else:
        make_network(names[0], args)


if __name__ == "__main__":
    main()
