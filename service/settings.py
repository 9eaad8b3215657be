"""What an operator can set, each by an environment variable: `FANIN_` and the name in capitals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.delivery.limits import Limits

Count = Annotated[int, Field(ge=1)]


class Settings(BaseSettings):
    """The settings of one application."""

    model_config = SettingsConfigDict(env_prefix="FANIN_", frozen=True)

    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port to listen on; 0 for any free one.")
    workers: Count = Field(default=1, description="Processes that serve.")
    threads: Count = Field(default=2, description="Threads that make tensors, in each process.")
    max_elements: Count = Field(default=2**28, description="Elements in one binary reply; 2**28 float32 are 1 GiB.")
    max_json_elements: Count = Field(default=2**22, description="Elements in one JSON reply, about 50 MB of text.")
    max_matrix_work: Count = Field(
        default=2**37,
        description="Elements times shorter side of the matrices in one orthogonal tensor; 2**37 is two of 4096².",
    )
    max_body_bytes: Count = Field(default=2**16, description="Bytes in the body of one request.")

    @property
    def limits(self) -> Limits:
        return Limits(self.max_elements, self.max_json_elements, self.max_matrix_work)
