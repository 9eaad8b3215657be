"""Makes a model by transformers and saves it, in the environment of the Hub's clients, and times that there.

A line of the input is the folder that has its `config.json`, and where to save it; the answer is the time by the clock
and of the processor.
"""

from __future__ import annotations

import sys
import time

from transformers import AutoConfig, AutoModelForCausalLM
from transformers.utils import logging


def _save(source: str, target: str) -> None:
    config = AutoConfig.from_pretrained(source)
    AutoModelForCausalLM.from_config(config, dtype=config.dtype).save_pretrained(target)


def main() -> None:
    logging.disable_progress_bar()
    for line in sys.stdin:
        source, target = line.split()
        start, busy = time.perf_counter(), time.process_time()
        _save(source, target)
        print(time.perf_counter() - start, time.process_time() - busy, flush=True)


if __name__ == "__main__":
    main()
