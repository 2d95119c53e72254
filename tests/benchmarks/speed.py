"""How long things take: a question's search, a change of the library, a citation check, understanding, a cold start."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from api.config import PROJECT, Settings
from api.library import catch_up
from api.wiring import local_now
from bot.consult import judge
from bot.normalize import normalize, readable
from case_library.statutes import Statutes
from routing.decide import decide
from tests.benchmarks.retrieval import labelled
from tests.benchmarks.table import Table

REPEATED = 200


def _p(times: list[float], share: float) -> float:
    return float(np.percentile(times, share) * 1000)


def _timed(do: Callable[[], object], times: int = REPEATED) -> list[float]:
    do()
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        do()
        taken.append(time.perf_counter() - begun)
    return taken


def _texts() -> list[str]:
    return [readable(normalize(row["text"])) for row in labelled("dev.jsonl")]


def understanding(service: object) -> Table:
    """Everything in `understand`, its parse included, against a bare parse of the same text just before."""
    parts, today = service.parts, service.now().date()
    client = parts.understanding._model._client
    bare, whole = [], []
    for text in _texts():
        begun = time.perf_counter()
        client.post("/model/parse", json={"text": text}).raise_for_status()
        parsed = time.perf_counter()
        vector = parts.encoder._encode([text], "query")[0]  # not one that is remembered
        parts.understanding.understand(text, vector, today)
        whole.append(time.perf_counter() - parsed)
        bare.append(parsed - begun)
    table = Table(f"Understanding, {len(bare)} messages", ("", "p50 ms", "p95 ms"))
    table.add("bare Rasa /model/parse", f"{_p(bare, 50):.1f}", f"{_p(bare, 95):.1f}")
    table.add("parse, vector and everything in `understand`", f"{_p(whole, 50):.1f}", f"{_p(whole, 95):.1f}")
    table.add("ratio of the medians (target 1.6)", f"{_p(whole, 50) / _p(bare, 50):.2f}", "")
    return table


def deciding(service: object) -> Table:
    """`decide` alone, over what was understood of real questions."""
    parts, now = service.parts, service.now()
    taken = []
    for text in _texts():
        vector = parts.encoder.encode(text)
        inquiry = parts.understanding.understand(text, vector, now.date()).inquiry
        matches, _ = judge(inquiry, vector, parts, now)
        for unresolved in (False, True):
            begun = time.process_time()
            decide(inquiry, matches, parts.directory, parts.rules, now, unresolved=unresolved)
            taken.append(time.process_time() - begun)
    table = Table(f"decide, {len(taken)} times (processor)", ("", "p50 ms", "p95 ms"))
    table.add("one decision (target 1)", f"{_p(taken, 50):.2f}", f"{_p(taken, 95):.2f}")
    return table


def question(service: object) -> Table:
    """Embedding a question and searching the cases with it."""
    parts = service.parts
    texts = _texts()
    embed, search = [], []
    for text in texts:
        begun = time.perf_counter()
        vector = parts.encoder._encode([text], "query")[0]  # not one that is remembered
        embedded = time.perf_counter()
        parts.index.search(text, vector, {"wage_arrears": 0.5})
        search.append(time.perf_counter() - embedded)
        embed.append(embedded - begun)
    both = [a + b for a, b in zip(embed, search, strict=True)]
    table = Table(f"One question, {len(parts.index.cases)} cases", ("", "p50 ms", "p95 ms"))
    for name, times in (("embedding", embed), ("search", search), ("both (target p95 15)", both)):
        table.add(name, f"{_p(times, 50):.1f}", f"{_p(times, 95):.1f}")
    return table


def library(service: object) -> Table:
    """From a change in the database to a snapshot that is searched, while nobody waits for it."""
    times = []
    for _ in range(5):
        service.library = replace(service.library, number=-1)  # as if another worker had changed it
        begun = time.perf_counter()
        catch_up(service)
        times.append(time.perf_counter() - begun)
    table = Table("A change of the library", ("", "measured", "target"))
    table.add("until it is searched (the follower looks every 0.3 s)", f"{0.3 + max(times):.2f} s", "2 s")
    return table


def cite() -> Table:
    """Finding and checking every citation in a page of text."""
    statutes, today = Statutes(), local_now().date()
    page = (
        "依据《中华人民共和国劳动合同法》第八十二条、第八十五条，用人单位应当支付二倍工资；"
        "参见民法典第五百七十七条、第五百八十四条和《劳动争议调解仲裁法》第二十七条第一款。"
        "当事人对事实有争议的，由主张的一方提供证据，其余按双方约定办理。"
    ) * 8
    times = _timed(lambda: statutes.cite(page, today))
    table = Table(f"Citation check, a page of {len(page)} characters", ("", "p50 ms", "p95 ms"))
    table.add(f"{len(statutes.cite(page, today))} citations (target 5)", f"{_p(times, 50):.2f}", f"{_p(times, 95):.2f}")
    return table


def start(settings: Settings) -> Table:
    """Cold start and memory of a command, and of each process that is served."""
    table = Table("Cold start", ("", "seconds", "memory MB"))
    row = '{"id": "a", "text": "离婚"}\n'
    commands = {
        "import api.app": [sys.executable, "-c", "import api.app"],
        "yibotong cite": [sys.executable, "-m", "api.cli", "cite"],
        "yibotong search --in statutes": [sys.executable, "-m", "api.cli", "search", "--in", "statutes"],
        "yibotong triage (starts the intent model too)": [sys.executable, "-m", "api.cli", "triage"],
    }
    environment = {**os.environ, "YIBOTONG_DATA_DIR": str(settings.data_dir)}
    for name, command in commands.items():
        begun = time.perf_counter()
        running = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.stdin.write(row)
        running.stdin.flush()
        if "search" in command or "triage" in command:
            running.stdout.readline()
            memory = _memory(running.pid)
            taken = time.perf_counter() - begun
            running.communicate()
        else:
            running.communicate()
            taken, memory = time.perf_counter() - begun, ""
        table.add(name, f"{taken:.1f}", memory)
    return table


def _memory(pid: int) -> str:
    """MB of the process and of each below it, as Linux tells them."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    own = next(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmRSS"))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return " + ".join([f"{own:.0f}", *(_memory(int(child)) for child in children)])
