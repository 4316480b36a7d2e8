"""The server: arguments, listening, ending."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from types import FrameType
from typing import TextIO

from .surface import SurfaceError, check_surface


def main(arguments: list[str]) -> int:
    """Serves until told to end. 0, or 1 when it cannot start (one line on stderr says why)."""
    options = _parse(arguments)
    try:
        check_surface()
    except SurfaceError as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 1
    # Only now: these import moto by the names just checked.
    from . import accounts, ec2, kept_answers, sts
    from .wire import listen

    accounts.install()
    ec2.install()
    sts.install()
    kept_answers.install()
    try:
        log = open(options.log, "a", encoding="utf-8", buffering=1) if options.log else None  # noqa: SIM115
        server = listen(options.host, options.port, log)
    except OSError as error:
        print(f"emulator: cannot listen on {options.host}:{options.port}: {error}", file=sys.stderr)
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    if options.exit_with_stdin:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    print(json.dumps({"ready": True, "port": server.port}), flush=True)
    # Nobody may be reading our pipes from here on, and a full one would stop us.
    _send_output_to(log)
    server.serve_forever()
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="emulator", description="moto, extended to behave as AWS does")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--log", help="file to which a line per request is appended")
    parser.add_argument("--exit-with-stdin", action="store_true", help="end when stdin is closed")
    return parser.parse_args(arguments)


def _send_output_to(log: TextIO | None) -> None:
    target = log or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stdout = sys.stderr = target
    logging.basicConfig(stream=target, level=logging.WARNING, force=True)


def _end(_number: int, _frame: FrameType | None) -> None:
    # Nothing is to be saved, and threads in the middle of a request must not hold us up.
    os._exit(0)


def _end_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)
