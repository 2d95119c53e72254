"""`yibotong up`: everything on one machine, ended together."""

from __future__ import annotations

import logging
import sys
import threading
import time

import uvicorn

from api.app import create_app
from api.config import Settings
from api.failure import Failure
from api.intent_server import IntentServer, model_to_serve, port_is_free, train_if_changed
from api.wiring import build_service

OPEN_STREAMS_S = 3  # at the end, for pages that follow a conversation; they open their stream anew


def run(settings: Settings) -> None:
    """Serve until interrupted."""
    for name, host, port in (
        ("YIBOTONG_PORT", settings.host, settings.port),
        ("YIBOTONG_RASA_PORT", "127.0.0.1", settings.rasa_port),
    ):
        if not port_is_free(host, port):
            raise Failure(f"port {port} is in use; end the other program or set {name}")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    # The technical log: constant event names and causes, never a citizen's words.
    handler = logging.FileHandler(settings.data_dir / "yibotong.log", encoding="utf-8")
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s %(cause)s", defaults={"cause": ""})
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    sys.stderr.write(train_if_changed(settings).as_text() + "\n")
    server = IntentServer(settings, lambda: model_to_serve(settings), settings.rasa_port)
    # The model loads beside the application; until it answers, the nearest utterances do.
    server.start()
    threading.Thread(target=server.keep_running, daemon=True).start()
    try:
        begun = time.monotonic()
        service = build_service(settings)
        app = create_app(lambda: service)
        config = uvicorn.Config(
            app,
            settings.host,
            settings.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=OPEN_STREAMS_S,
        )
        ready = _Announcing(config, begun)
        ready.run()
    finally:
        server.stop()


class _Announcing(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, begun: float) -> None:
        super().__init__(config)
        self._begun = begun

    async def startup(self, sockets: list | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port, seconds = self.config.host, self.config.port, time.monotonic() - self._begun
            sys.stderr.write(f"ready after {seconds:.0f} s: http://{host}:{port}  (Ctrl-C ends it)\n")
