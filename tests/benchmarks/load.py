"""The service under load, with its real processes on loopback: 200 open conversations, 20 messages a second, WeChat beside them."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2 as httpx
import numpy as np

from api.config import PROJECT, Settings
from bot.utterances import read_utterances
from tests.benchmarks.table import Table

CONVERSATIONS = 200
PER_S = 20
SECONDS = 120
WECHAT_PER_S = 2
TWICE = 20  # every so manieth message is sent a second time at once, as a page does that lost its connection
TOKEN = "load-token"
# What people say after their story, most of it short; every fourth message begins another matter.
FOLLOWING = (
    "在洪山区",
    "没有签合同",
    "有聊天记录，也有转账记录",
    "大概两万块钱",
    "是上个月的事",
    "那要带什么去",
    "多久能办好",
    "好的谢谢",
)
READY_S = 600  # a first start trains the intent model
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Seen:
    """What came of a run."""

    taken: list[float] = field(default_factory=list)
    wechat: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    sent: dict[str, list[str]] = field(default_factory=dict)  # client ids by conversation
    differing: int = 0  # the same message twice, and two answers
    silent: int = 0


@dataclass(frozen=True)
class Page:
    """One open page: its conversation and its token."""

    id: str
    headers: dict[str, str]


def load(settings: Settings, seconds: int = SECONDS) -> Table:
    """Latencies, errors and what was lost or doubled."""
    with tempfile.TemporaryDirectory() as folder, _served(settings, Path(folder)) as (address, pid):
        begun = _cpu_s(pid)
        seen, lost, doubled, took = asyncio.run(_run(address, seconds))
        cpu = _cpu_s(pid) - begun
    messages = sum(map(len, seen.sent.values()))
    title = f"{CONVERSATIONS} open conversations, {messages} messages in {took:.0f} s, WeChat beside them"
    table = Table(title, ("", "measured", "target"))
    table.add("errors", str(sum(seen.errors.values()) and dict(seen.errors)), "0")
    table.add("messages lost / doubled", f"{lost} / {doubled + seen.differing}", "0 / 0")
    table.add("p50, p95, p99 ms", " ".join(f"{_p(seen.taken, q):.0f}" for q in (50, 95, 99)), "p95 500")
    table.add(f"WeChat's passive replies ({len(seen.wechat)}), p99 ms", f"{_p(seen.wechat, 99):.0f}", "2500")
    table.add("processor time a message, all processes, ms", f"{1000 * cpu / (messages + len(seen.wechat)):.0f}", "100")
    return table


def _p(taken: list[float], share: float) -> float:
    return float(np.percentile(taken, share) * 1000) if taken else float("nan")


@contextmanager
def _served(settings: Settings, folder: Path) -> Iterator[tuple[str, int]]:
    """`yibotong up` on free ports with a database of its own; models and vectors of the data folder are used."""
    port, rasa_port = _free_port(), _free_port()
    environment = os.environ | {
        "YIBOTONG_DATA_DIR": str(settings.data_dir),
        "YIBOTONG_DATABASE_URL": f"sqlite:///{folder / 'load.sqlite3'}",
        "YIBOTONG_PORT": str(port),
        "YIBOTONG_RASA_PORT": str(rasa_port),
        "YIBOTONG_WECHAT_TOKEN": TOKEN,
        "YIBOTONG_WECHAT_APP_ID": "load",
        "YIBOTONG_WECHAT_URL": f"http://127.0.0.1:{_free_port()}",  # nobody there: what is not a passive reply fails
        "YIBOTONG_PUBLIC_URL": "https://legal.example/",
        "YIBOTONG_CONVERSATIONS_PER_HOUR": "100000",
        "YIBOTONG_MESSAGES_PER_MINUTE": "600",
        "YIBOTONG_PROOF_ABOVE_PER_MINUTE_FROM_ONE": "0",  # all come from loopback
    }
    command = [str(Path(sys.executable).with_name("yibotong")), "up"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=PROJECT, stderr=log, start_new_session=True)
        try:
            _wait_ready(process, f"http://127.0.0.1:{port}", rasa_port, folder / "log")
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _wait_ready(process: subprocess.Popen, address: str, rasa_port: int, log: Path) -> None:
    for url in (f"{address}/health", f"http://127.0.0.1:{rasa_port}/status"):
        end = time.monotonic() + READY_S
        while True:
            try:
                if httpx.get(url, timeout=5).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"not serving: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.5)


async def _run(address: str, seconds: int) -> tuple[Seen, int, int, float]:
    texts = [text for _, text in read_utterances(PROJECT / "nlu_data" / "held_out")]
    random.Random(7).shuffle(texts)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=30, limits=limits, trust_env=False) as client:
        pages = [await _open(client) for _ in range(CONVERSATIONS)]
        seen = Seen(sent={page.id: [] for page in pages})
        following = [asyncio.create_task(_follow(client, page)) for page in pages]
        for page in pages[:4]:  # what is loaded with the first message is loaded before the clock runs
            await _send(client, page, texts[0], seen)
        seen.taken.clear()
        begun = time.monotonic()
        tasks: list[asyncio.Task] = []
        for number in range(seconds * PER_S):
            await asyncio.sleep(max(0, begun + number / PER_S - time.monotonic()))
            page, text = pages[number % CONVERSATIONS], _said(number, texts)
            tasks.append(asyncio.create_task(_send(client, page, text, seen, twice=number % TWICE == 0)))
            if number % (PER_S // WECHAT_PER_S) == 0:
                tasks.append(asyncio.create_task(_deliver(client, number, texts[-1 - number % len(texts)], seen)))
        await asyncio.gather(*tasks)
        took = time.monotonic() - begun
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        lost, doubled = 0, 0
        for page in pages:
            kept = (await client.get(f"/api/v1/conversations/{page.id}", headers=page.headers)).json()["messages"]
            mine = Counter(line["client_id"] for line in kept if line["from"] == "citizen")
            wanted = set(seen.sent[page.id])
            lost += len(wanted - mine.keys())
            doubled += sum(count > 1 for count in mine.values()) + len(mine.keys() - wanted)
    return seen, lost, doubled, took


def _said(number: int, stories: list[str]) -> str:
    """Message `number` of all: a conversation's first, then each fourth one, is a story."""
    step = number // CONVERSATIONS % 4
    if step == 0:
        return stories[number % len(stories)]
    return "换一件事" if step == 3 else FOLLOWING[(number + step) % len(FOLLOWING)]


async def _open(client: httpx.AsyncClient) -> Page:
    opened = (await client.post("/api/v1/conversations", json={"channel": "web"})).raise_for_status().json()
    return Page(opened["id"], {"Authorization": f"Bearer {opened['token']}"})


async def _follow(client: httpx.AsyncClient, page: Page) -> None:
    """The stream an open page holds."""
    async with client.stream(
        "GET", f"/api/v1/conversations/{page.id}/events", headers=page.headers, timeout=None
    ) as stream:
        async for _ in stream.aiter_raw():
            pass


async def _send(client: httpx.AsyncClient, page: Page, text: str, seen: Seen, *, twice: bool = False) -> None:
    client_id = str(uuid.uuid4())
    seen.sent[page.id].append(client_id)

    async def post() -> str | None:
        begun = time.perf_counter()
        try:
            path = f"/api/v1/conversations/{page.id}/messages"
            answered = await client.post(path, json={"client_id": client_id, "text": text}, headers=page.headers)
        except httpx.HTTPError as error:
            seen.errors[type(error).__name__] += 1
            return None
        seen.taken.append(time.perf_counter() - begun)
        if answered.status_code != 200:
            seen.errors[str(answered.status_code)] += 1
            return None
        reply = answered.json()["reply"]
        return reply["id"] if reply else ""

    answers = await asyncio.gather(*(post() for _ in range(1 + twice)))
    seen.differing += len({answer for answer in answers if answer is not None}) > 1


async def _deliver(client: httpx.AsyncClient, number: int, text: str, seen: Seen) -> None:
    stamp, nonce = str(int(time.time())), str(number)
    sign = hashlib.sha1("".join(sorted((TOKEN, stamp, nonce))).encode()).hexdigest()
    body = (
        f"<xml><ToUserName>load</ToUserName><FromUserName>follower{number % 40}</FromUserName><CreateTime>{stamp}</CreateTime>"
        f"<MsgType>text</MsgType><Content><![CDATA[{text}]]></Content><MsgId>{10**15 + number}</MsgId></xml>"
    )
    begun = time.perf_counter()
    query = {"signature": sign, "timestamp": stamp, "nonce": nonce}
    try:
        answered = await client.post("/wechat", params=query, content=body.encode())
    except httpx.HTTPError as error:
        seen.errors[f"wechat {type(error).__name__}"] += 1
        return
    seen.wechat.append(time.perf_counter() - begun)
    if answered.status_code != 200 or "<Content>" not in answered.text:
        seen.errors[f"wechat {answered.status_code} {answered.text[:40]}"] += 1


def _cpu_s(leader: int) -> float:
    """Processor time of a process and all below it."""
    parents: dict[int, list[int]] = {}
    times: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(") ")[2].split()
        except OSError:
            continue  # it ended meanwhile
        pid = int(path.parent.name)
        parents.setdefault(int(fields[1]), []).append(pid)
        times[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    wanted, total = [leader], 0.0
    while wanted:
        pid = wanted.pop()
        total += times.get(pid, 0)
        wanted += parents.get(pid, [])
    return total


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
