"""The service that a person would write in ten lines, and an endpoint that does nothing: peers of `over_http.py`."""

import numpy as np
from fastapi import FastAPI
from fastapi.responses import JSONResponse

app = FastAPI()


@app.get("/weights")
def weights(rows: int, columns: int) -> JSONResponse:
    tensor = np.random.normal(0, np.sqrt(2 / columns), (rows, columns))  # noqa: NPY002 (what a person would write)
    return JSONResponse(tensor.tolist())


@app.get("/empty")
async def empty(rows: int, columns: int) -> dict[str, int]:
    return {"rows": rows, "columns": columns}
