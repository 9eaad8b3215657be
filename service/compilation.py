"""How the kernels are compiled: IEEE 754 to the letter, without the GIL, cached on disk."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any, Protocol, TypeVar, cast

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload

from service import kernel_cache

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Result = TypeVar("_Result")


class Decorator(Protocol):
    """What compiles a function. Its callers need not hold to the argument types: Numba converts."""

    def __call__(self, function: Callable[..., _Result], /) -> Callable[..., _Result]: ...


# Its attributes come from the environment when it is imported.
config: Any = numba.config

_compiler = functools.partial(numba.njit, nogil=True, error_model="numpy")


def _use_wide_vectors() -> None:
    """Let LLVM use 512-bit vectors where the processor runs them at full speed (Ice Lake and later).

    LLVM keeps to 256 bits by default for the sake of older processors; the bits made are the same.
    A processor or feature list that the operator set in NUMBA_CPU_NAME or NUMBA_CPU_FEATURES stands.
    """
    if config.CPU_NAME is None and config.CPU_FEATURES is None:
        features = llvm.get_host_cpu_features()
        if features.get("avx512vbmi2"):
            config.CPU_FEATURES = features.flatten() + ",-prefer-256-bit"


def _choose_cache() -> bool:
    """Keep compiled kernels where the service's own rules say; return whether they are kept."""
    folder = kernel_cache.choose(kernel_cache.PACKAGE, config.CACHE_DIR)
    if folder is not None:
        config.CACHE_DIR = str(folder)
    return folder is not None


def _use_two_vectors() -> None:
    """Let LLVM work on two vectors side by side in each loop, where it would take one.

    The operations on one depend on each other, those on two do not. The bits made are the same.
    """
    llvm.set_option("fanin", "-force-vector-interleave=2")


_use_wide_vectors()
_use_two_vectors()
_CACHED = _choose_cache()


def kernel(signature: str) -> Decorator:
    """Compile a function for the argument types of `signature` when its module is imported.

    No fast-math: every operation is rounded on its own, in the order written. `error_model="numpy"`
    makes division follow IEEE 754 instead of raising, which is also what lets loops vectorise.
    """
    return _compile([signature])


def kernels(signature: str, *others: str) -> Decorator:
    """As `kernel`, once with float32, once with float64 and with each other type in place of `{0}` in the signature."""
    return _compile([signature.format(name) for name in ("float32", "float64", *others)])


def _compile(signatures: list[str]) -> Decorator:
    def compiled(function: Callable[..., _Result]) -> Callable[..., _Result]:
        dispatcher = _kept(function, signatures) if _CACHED else None
        if dispatcher is None:
            dispatcher = _compiler(signatures)(function)
        return cast("Callable[..., _Result]", dispatcher)

    return compiled


def _kept(function: Callable[..., Any], signatures: list[str]) -> Any:
    """Return the kernel loaded from the cache, or compiled; None where what stands in the cache cannot be read.

    One that cannot be kept, on a disk that is full, is used all the same.
    """
    try:
        dispatcher: Any = _compiler(cache=True)(function)
    except RuntimeError:
        kernel_cache.warn_of_loss("the folder cannot be written to")
        return None
    for number, signature in enumerate(signatures, start=1):
        try:
            dispatcher.compile(signature)
        except (OSError, EOFError, UnpicklingError) as error:
            kernel_cache.warn_of_loss(str(getattr(error, "strerror", None) or error))
            if len(dispatcher.signatures) < number:
                return None
    dispatcher.disable_compile()
    return dispatcher


def inlined(function: _Function) -> _Function:
    """Compile a function into the kernels that call it.

    Numba inlines it before LLVM sees it: so small constant loops are unrolled in time for the loop
    around them to be vectorised.
    """
    return cast("_Function", numba.njit(nogil=True, error_model="numpy", inline="always")(function))


def called(function: _Function) -> _Function:
    """Compile a function that kernels call, for every type of argument that they call it with."""
    return cast("_Function", numba.njit(nogil=True, error_model="numpy")(function))


def by_type(choose: Callable[[str], Callable[..., _Result]]) -> Callable[..., _Result]:
    """Compile into the kernels that call it a function that `choose` returns for a type, by its name.

    That of the last argument decides: float32, int64, uint8.
    """

    @functools.wraps(choose)
    def chosen(*arguments: Any) -> _Result:
        raise NotImplementedError

    def choose_by_type(*arguments: Any) -> Callable[..., _Result]:
        return choose(str(arguments[-1]))

    overload(chosen, inline="always", strict=False)(choose_by_type)
    return chosen


def _bit_cast(source: types.Type, target: types.Type) -> Any:
    def typing(context: Any, value: types.Type) -> Any:
        def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
            return builder.bitcast(arguments[0], context.get_value_type(target))

        return target(source), generate

    return intrinsic(typing)


float32_to_bits = _bit_cast(types.float32, types.int32)
bits_to_float32 = _bit_cast(types.int32, types.float32)
float64_to_bits = _bit_cast(types.float64, types.int64)
bits_to_float64 = _bit_cast(types.int64, types.float64)


def _multiply_high(context: Any, a: types.Type, b: types.Type) -> Any:
    """Return the upper 64 bits of the product of two uint64."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        wide = ir.IntType(128)
        factors = [builder.zext(argument, wide) for argument in arguments]
        return builder.trunc(builder.lshr(builder.mul(*factors), wide(64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


def _multiply_high_16(context: Any, a: types.Type, b: types.Type) -> Any:
    """Return the upper 16 bits of the product of two uint16: one instruction, of many side by side.

    LLVM finds that in wider numbers' products only where neither factor was widened outside the loop.
    """

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        kind, scale = ir.IntType(16), ir.IntType(32)
        product = builder.module.declare_intrinsic("llvm.umul.fix", [kind], ir.FunctionType(kind, [kind, kind, scale]))
        return builder.call(product, [*arguments, scale(16)])

    return types.uint16(types.uint16, types.uint16), generate


def _leading_zeros(context: Any, value: types.Type) -> Any:
    """Return how many zero bits a uint64 begins with; 64 for zero."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        return builder.ctlz(arguments[0], ir.IntType(1)(0))

    return types.uint64(types.uint64), generate


def _fused_multiply_add(kind: types.Type) -> Any:
    """Return an intrinsic of a * b + c, rounded once; an older processor takes a function of the C library for it."""

    def typing(context: Any, a: types.Type, b: types.Type, c: types.Type) -> Any:
        def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
            return builder.fma(*arguments)

        return kind(kind, kind, kind), generate

    return intrinsic(typing)


def _store(bits: int) -> Any:
    def typing(context: Any, address: types.Type, value: types.Type) -> Any:
        def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
            kind = ir.IntType(bits)
            value = builder.trunc(arguments[1], kind) if bits < 64 else arguments[1]
            builder.store(value, builder.inttoptr(arguments[0], kind.as_pointer()), align=1)
            return context.get_dummy_value()

        return types.void(types.uint64, types.uint64), generate

    return intrinsic(typing)


def _load(bits: int) -> Any:
    """Return an intrinsic that returns the bits at an address, as a uint64."""

    def typing(context: Any, address: types.Type) -> Any:
        def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
            pointer = builder.inttoptr(arguments[0], ir.IntType(bits).as_pointer())
            loaded = builder.load(pointer, align=1)
            return builder.zext(loaded, ir.IntType(64)) if bits < 64 else loaded

        return types.uint64(types.uint64), generate

    return intrinsic(typing)


# The type of what `intrinsic` returns tells the arguments of the typing function, not those of the compiled one.
multiply_high: Any = intrinsic(_multiply_high)
multiply_high_16: Any = intrinsic(_multiply_high_16)
leading_zeros: Any = intrinsic(_leading_zeros)

fma32 = _fused_multiply_add(types.float32)
fma64 = _fused_multiply_add(types.float64)

# Text is written at addresses: with an array Numba would count references to it wherever control flow divides.
load_byte = _load(8)
load_word = _load(64)
store_byte = _store(8)
store_word = _store(64)
