from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from service.problems.translations import MOST_FAULTS
from service.requests.faults import InvalidRequest
from service.requests.query import read_query
from tests.requests.refusals import DIGITS_40, DIGITS_5000, assert_says_what_is_wrong

# The query of a GET, and the parameter that is to blame.
BAD_QUERIES = [
    # integers
    (f"he_normal?shape={DIGITS_40}", "shape"),
    (f"he_normal?shape={DIGITS_5000}", "shape"),
    (f"he_normal?shape=2,2&seed={DIGITS_40}", "seed"),
    (f"he_normal?shape=2,2&seed={DIGITS_5000}", "seed"),
    (f"he_normal?shape=2,2&groups={DIGITS_40}", "groups"),
    (f"he_normal?shape=2,2&groups={DIGITS_5000}", "groups"),
    (f"he_normal?shape=2,2&fan_in={DIGITS_5000}", "fan_in"),
    (f"constant?shape=2&value={DIGITS_40}", "dtype"),
    (f"constant?shape=2&value={DIGITS_5000}", "value"),
    ("he_normal?shape=2,2&seed=-1", "seed"),
    ("he_normal?shape=2,2&seed=18446744073709551616", "seed"),
    ("he_normal?shape=2,2&seed=1.5", "seed"),
    ("he_normal?shape=2,2&seed=0x10", "seed"),
    ("he_normal?shape=2,2&seed=%D9%A1", "seed"),
    ("he_normal?shape=2,2&seed=", "seed"),
    ("he_normal?shape=2,2&seed=null", "seed"),
    ("he_normal?shape=2,2&seed=true", "seed"),
    ("he_normal?shape=2,2&groups=0", "groups"),
    ("he_normal?shape=2,2&groups=-2", "groups"),
    ("he_normal?shape=2,2&groups=1.5", "groups"),
    ("he_normal?shape=2,2&groups=true", "groups"),
    ("he_normal?shape=2,2&groups=", "groups"),
    # shapes
    ("he_normal", "shape"),
    ("he_normal?shape=-2,3", "shape"),
    ("he_normal?shape=2,-3", "shape"),
    ("he_normal?shape=2,", "shape"),
    ("he_normal?shape=,2", "shape"),
    ("he_normal?shape=2,,3", "shape"),
    ("he_normal?shape=1e3", "shape"),
    ("zeros?shape=0x10", "shape"),
    ("zeros?shape=2x3,4", "shape"),
    ("zeros?shape=[2,3", "shape"),
    ("zeros?shape=2,3]", "shape"),
    ("zeros?shape=2.5,3", "shape"),
    ("zeros?shape=1_0,3", "shape"),
    ("zeros?shape=2/3", "shape"),
    ("zeros?shape=1e400", "shape"),
    ("zeros?shape=1e999999999,2", "shape"),
    ("zeros?shape[99999999]=1", "shape"),
    ("zeros?shape[1]=1", "shape"),
    ("zeros?shape[0]=1&shape[0]=2", "shape"),
    ("zeros?shape[]=1&shape=2", "shape"),
    ("zeros?shape[0]=1&shape[]=2", "shape"),
    ("zeros?shape[-1]=1", "shape[-1]"),
    ("zeros?shape[0][0]=1", "shape[0][0]"),
    ("zeros?shape[x]=1", "shape[x]"),
    ("zeros?shape=2,3&shape=4", "shape"),
    ("zeros?shape=2&dtype[]=float32&dtype[]=float64", "dtype"),
    ("he_normal?shape=2,2&seed=1e400", "seed"),
    ("he_normal?shape=2,2&seed=1e999999999", "seed"),
    ("he_normal?shape=%EF%BC%92,3", "shape"),
    ("he_normal?shape=null", "shape"),
    ("he_normal?shape=true", "shape"),
    ("he_normal?shape=9007199254740993,0", "shape"),
    ("zeros?shape=281474976710656,0,281474976710656", "shape"),
    ("he_normal?shape=3037000500,3037000500", "shape"),
    (f"zeros?shape={','.join([str(2**48)] * 32)}", "shape"),
    ("he_normal?shape=2,3&fan_in=1e30", "fan_in"),
    ("he_normal?shape=2,3&fan_out=1e-7&mode=fan_out", "fan_out"),
    (f"zeros?shape={','.join('1' * 33)}", "shape"),
    (f"zeros?shape={','.join('1' * 5000)}", "shape"),
    # ranks
    ("he_normal?shape=", "shape"),
    ("he_normal?shape=256", "shape"),
    ("glorot_uniform?shape=256&fan_in=3", "shape"),
    ("orthogonal?shape=256", "shape"),
    ("identity?shape=2", "shape"),
    ("dirac?shape=2,2", "shape"),
    ("he_normal?shape=256&gates=4&fan_in=3", "gates"),
    ("orthogonal?shape=256&gates=4", "shape"),
    # numbers
    ("normal?shape=2&std=nan", "std"),
    ("normal?shape=2&std=inf", "std"),
    ("normal?shape=2&mean=-Infinity", "mean"),
    ("normal?shape=2&mean=1e999", "mean"),
    ("normal?shape=2&std=", "std"),
    ("normal?shape=2&std=-1", "std"),
    ("normal?shape=2&std=one", "std"),
    ("normal?shape=2&std=1,5", "std"),
    ("truncated_normal?shape=2&std=0", "std"),
    ("truncated_normal?shape=2&std=-1", "std"),
    ("truncated_normal?shape=2&low=2&high=2", "high"),
    ("truncated_normal?shape=2&low=3", "high"),
    ("truncated_normal?shape=2&low=1e5&high=1e6", "low"),
    ("truncated_normal?shape=2&low=-1e-200&high=1e-200&std_is=after", "low"),
    ("uniform?shape=2&low=1&high=0", "high"),
    ("uniform?shape=2&low=1", "high"),
    ("uniform?shape=2&high=1&fan_in=3", "fan_in"),
    ("uniform?shape=2&fan_in=-1", "fan_in"),
    ("normal?shape=5,3&padding_idx=5", "padding_idx"),
    ("normal?shape=5,3&padding_idx=1.5", "padding_idx"),
    ("uniform?shape=5&padding_idx=0", "padding_idx"),
    ("glorot_uniform?shape=5,3&padding_idx=0", "padding_idx"),
    ("pytorch_default?shape=5,3&layer=Linear&tensor=weight&padding_idx=0", "padding_idx"),
    ("residual_scaled_normal?shape=2,2", "layers"),
    ("residual_scaled_normal?shape=2,2&layers=3&layer=1", "layer"),
    ("residual_scaled_normal?shape=2,2&layer=-1", "layer"),
    ("linspace?shape=", "shape"),
    ("linspace?shape=4&start=nan", "start"),
    ("sinusoidal?shape=4,4,6", "shape"),
    ("sinusoidal?shape=4,4&base=1", "base"),
    ("sinusoidal?shape=4,4&order=mixed", "order"),
    ("slstm_bias?shape=30&heads=4", "shape"),
    ("slstm_bias?shape=32&layer=3&layers=3", "layer"),
    ("rwkv7?shape=8&part=w0&layer=2&layers=2", "layer"),
    ("rwkv7?shape=8&part=w9&layer=0&layers=2", "part"),
    ("spectral_orthogonal?shape=8", "shape"),
    ("spectral_normal?shape=8", "shape"),
    ("u_mup?shape=8&role=hidden", "shape"),
    ("u_mup?shape=8,8&role=input", "role"),
    ("completep?shape=8,8&role=hidden&width_multiplier=0", "width_multiplier"),
    ("completep?shape=8,8&role=hidden&alpha=2", "alpha"),
    ("he_normal?shape=2,2&fan_in=0", "fan_in"),
    ("he_normal?shape=2,2&fan_out=-1", "fan_out"),
    ("he_normal?shape=2,2&gain=-1", "gain"),
    ("he_normal?shape=2,2&gain=nan", "gain"),
    ("variance_scaling?shape=2,2&scale=-1", "scale"),
    # overflow
    ("normal?shape=2&std=1e6&dtype=float16", "dtype"),
    ("normal?shape=2&std=1e39", "dtype"),
    ("normal?shape=2&std=80&dtype=float8_e4m3fn", "dtype"),
    ("normal?shape=2&std=1e5&dtype=float8_e5m2", "dtype"),
    ("uniform?shape=2&low=0&high=65521&dtype=float16", "dtype"),
    ("constant?shape=2&value=465&dtype=float8_e4m3fn", "dtype"),
    ("constant?shape=2&value=1e39&dtype=complex64&format=npy", "dtype"),
    ("identity?shape=2,2&gain=1e6&dtype=float16", "dtype"),
    ("truncated_normal?shape=2&std=1e6&dtype=float16", "dtype"),
    ("glorot_uniform?shape=2,2&gain=1e39", "dtype"),
    ("glorot_uniform?shape=2,2&gain=1e308&fan_in=1e-6&fan_out=1e-6", "dtype"),
    ("truncated_normal?shape=2&mean=2.9&low=5e-324&high=2.9&std=7e267&bounds=absolute", "low"),
    ("orthogonal?shape=2,2&gain=1e6&dtype=float16", "dtype"),
    # what has no complex form
    ("sparse?shape=2,2&sparsity=0.5&dtype=complex64&format=npy", "dtype"),
    ("pytorch_default?shape=2,2&layer=Linear&tensor=weight&dtype=complex64&format=npy", "dtype"),
    ("flax_default?shape=2,2&layer=Dense&tensor=kernel&dtype=complex128&format=npy", "dtype"),
    # what is no disk about 0
    ("uniform?shape=2&dtype=complex64&format=npy", "low"),
    ("uniform?shape=2&dtype=complex128&low=-1&high=2&format=npy", "low"),
    ("truncated_normal?shape=2&dtype=complex64&low=-1&format=npy", "low"),
    ("truncated_normal?shape=2&dtype=complex64&mean=1&format=npy", "mean"),
    ("truncated_normal?shape=2&dtype=complex64&low=-1e-20&high=1e-20&format=npy", "high"),
    ("truncated_normal?shape=2&dtype=complex64&low=-1&high=1&bounds=absolute&std_is=after&format=npy", "std"),
    ("uniform?shape=2&dtype=complex64&low=-1e-38&high=1e-38&format=npy", "dtype"),
    ("uniform?shape=2&dtype=complex128&low=-1e-308&high=1e-308&format=npy", "dtype"),
    ("uniform?shape=2&dtype=complex64&low=-1e39&high=1e39&format=npy", "dtype"),
    ("delta_orthogonal?shape=2,2,3&dtype=complex64&format=npy", "dtype"),
    # choices
    ("he_normal?shape=2,2&dtype=float128", "dtype"),
    ("he_normal?shape=2,2&dtype=", "dtype"),
    ("he_normal?shape=2,2&format=pickle", "format"),
    ("he_normal?shape=2,2&format=", "format"),
    ("he_normal?shape=2,2&layout=out", "layout"),
    ("he_normal?shape=2,2&mode=fan", "mode"),
    ("he_normal?shape=2,2&flat=maybe", "flat"),
    ("he_normal?shape=2,2&flat=true&format=npy", "flat"),
    ("zeros?shape=2&flat=true&dtype=complex64", "flat"),
    ("he_normal?shape=2,2&flat=", "flat"),
    ("he_normal?shape=2,2&stream=2", "stream"),
    ("he_normal?shape=2,2&stream=", "stream"),
    ("he_normal?shape=2,2&name=" + "x" * 513, "name"),
    ("he_normal?shape=2,2&name=__metadata__", "name"),
    ("he_normal?shape=2,2&nonlinearity=rulu", "nonlinearity"),
    ("he_normal?shape=2,2&nonlinearity=", "nonlinearity"),
    ("he_normal?shape=2,2&nonlinearity=leaky_relu&negative_slope=1e200", "negative_slope"),
    ("truncated_normal?shape=2&std_is=both", "std_is"),
    # what does not go together
    ("he_normal?shape=3,2&groups=2", "groups"),
    ("he_normal?shape=3,2&gates=2", "gates"),
    ("he_normal?shape=2,3&gates=2&layout=in_out", "gates"),
    ("identity?shape=3,2&gates=2", "gates"),
    ("dirac?shape=3,2,1&groups=2", "groups"),
    ("orthogonal?shape=3,2&groups=2", "groups"),
    ("he_normal?shape=2,2&gain=1&nonlinearity=relu", "nonlinearity"),
    ("he_normal?shape=2,2&gain=1&negative_slope=0.1", "negative_slope"),
    ("he_normal?shape=2,2&negative_slope=0.1", "negative_slope"),
    ("he_normal?shape=2,2&nonlinearity=tanh&negative_slope=0.1", "negative_slope"),
    ("he_normal?shape=2,2&nonlinearity=gelu&gain_rule=pytorch", "gain_rule"),
    ("he_normal?shape=2,2&gain=1&gain_rule=backward", "gain_rule"),
    # unknown, misspelt, another initializer's
    ("he_normal?shape=2,2&sede=42", "sede"),
    ("he_normal?shape=2,2&Seed=42", "Seed"),
    ("he_normal?shape=2,2&seed%20=42", "seed "),
    ("he_normal?shape=2,2&std=1", "std"),
    ("he_normal?shape=2,2&initializer=zeros", "initializer"),
    ("he_normal?shape=2,2&slice=0:2:2", "slice"),
    ("zeros?shape=2,2&value=1", "value"),
    ("normal?shape=2,2&gain=1", "gain"),
    ("glorot_uniform?shape=2,2&mode=fan_in", "mode"),
    ("dirac?shape=2,2,2&gates=2", "gates"),
    ("he_normal?shape=2,2&=1", ""),
    ("he_normal?shape=2,2&%C3%A9%00=1", "é\u0000"),
    ("he_normal?shape=2,2&model_config=1", "model_config"),
    ("he_normal?shape=2,2&entry=1", "entry"),
    # repeated
    ("he_normal?shape=2,2&shape=2,2", "shape"),
    ("he_normal?shape=2,2&seed=1&seed=1", "seed"),
    ("he_normal?shape=2,2&shape", "shape"),
    # not a query
    ("he_normal?shape=2,2&name=%FF", ""),
    ("he_normal?shape=2,2&%FF=1", ""),
    ("he_normal?shape=2,2&name=%ED%A0%80", ""),
    ("he_normal?shape=2,2&" + "&".join(f"a{i}=1" for i in range(100)), ""),
]


@pytest.mark.parametrize(("query", "culprit"), BAD_QUERIES, ids=lambda value: value[:60])
def test_a_bad_query_is_a_problem_that_names_the_parameter(client, query, culprit):
    assert_says_what_is_wrong(client.get(f"/weights/{query}"), "parameter", culprit)


@pytest.mark.parametrize(
    ("query", "culprit"),
    [
        ("zeros?shape=%20", "shape"),
        ("he_normal?shape=20,2&groups=1_0", "groups"),
        ("normal?shape=2&std=1_0", "std"),
    ],
)
def test_numbers_have_no_underscores_and_a_shape_is_more_than_a_blank(client, query, culprit):
    assert_says_what_is_wrong(client.get(f"/weights/{query}"), "parameter", culprit)


@pytest.mark.parametrize("query", ["he_normal?shape=2,2&sede=4&seed=-1&groups=0&flat=x"])
def test_everything_wrong_is_told_at_once(client, query):
    page = client.get(f"/weights/{query}").json()

    assert {error["parameter"] for error in page["errors"]} == {"sede", "seed", "groups", "flat"}


@pytest.mark.parametrize(("query", "limit"), [
    ("he_normal?shape=2,2&seed=18446744073709551616", "18446744073709551615"),
    ("he_normal?shape=9007199254740993,2", "9007199254740992"),
    (f"zeros?shape={','.join('1' * 33)}", "32"),
    ("he_normal?shape=2,2&name=" + "x" * 257, "256"),
])  # fmt: skip
def test_a_value_out_of_range_is_answered_with_the_range(client, query, limit):
    ((error),) = client.get(f"/weights/{query}").json()["errors"]

    assert limit in error["detail"]


UNESCAPED = st.text(st.sampled_from("ab=&;,[]_.-"), max_size=16)


@settings(derandomize=True, deadline=None)
@given(UNESCAPED)
def test_a_query_without_escapes_is_read_as_one_with_them(query):
    def values(text):
        scope = {"type": "http", "query_string": text.encode(), "headers": []}
        try:
            return read_query(Request(scope)).values
        except InvalidRequest as error:
            return error.faults

    # A name that is escaped sends it the other way; it stands last, and is taken off.
    escaped = values(f"{query}&%7Eescaped=1")

    assert values(query) == (
        {k: v for k, v in escaped.items() if k != "~escaped"} if isinstance(escaped, dict) else escaped
    )


def test_of_many_unknown_parameters_each_is_refused(client):
    names = [f"groupz{number}" for number in range(MOST_FAULTS)]

    response = client.get("/weights/he_normal?shape=2,2&" + "&".join(f"{name}=1" for name in names))

    errors = response.json()["errors"]
    assert [error["parameter"] for error in errors] == names
    assert "groups" in errors[0]["detail"]
    assert {error["detail"] for error in errors[8:]} == {"is not a known parameter"}


@pytest.mark.parametrize("text", ["9" * 10000, "9" * 5000 + "." + "9" * 5000, "1e" + "9" * 5000])
def test_a_long_number_is_refused(client, text):
    assert_says_what_is_wrong(client.get(f"/weights/normal?shape=2&std={text}"), "parameter", "std")


def test_a_current_initializer_has_no_more_parameters_than_a_request(client):
    current = "normal?" + "&".join(f"p{number}=1" for number in range(100))

    response = client.get("/advise", params={"layer": "Linear", "current": current})

    assert response.status_code == 422
    assert "more than 64 parameters" in response.json()["detail"]
