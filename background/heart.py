"""The beat of a worker: a thread that says again and again that the process lives, whatever task it is at."""

import logging
import os
import signal
import threading

from django.db import connection
from django.db.utils import OperationalError
from django.utils import timezone

from background.models import Beat
from background.ticking import tick

logger = logging.getLogger(__name__)
BEAT_SECONDS = 10
TICK_SECONDS = 60


class Heart(threading.Thread):
    """Beats for a worker; ticks too, where no clock of the system does; ends the worker with the process it serves."""

    def __init__(self, worker: str, *, ticks: bool, parent: int | None) -> None:
        super().__init__(daemon=True)
        self.worker, self.ticks, self.parent = worker, ticks, parent
        self.stopping = threading.Event()

    def run(self) -> None:
        second = 0
        while not self.stopping.is_set():
            if second % BEAT_SECONDS == 0:
                self._try(self.beat)
            if self.ticks and second % TICK_SECONDS == 0:
                self._try(tick)
            if self.parent and os.getppid() != self.parent:
                os.kill(os.getpid(), signal.SIGTERM)
                self.parent = None
            second += 1
            self.stopping.wait(1)
        connection.close()

    def beat(self) -> None:
        """Write that the worker lives."""
        Beat.objects.update_or_create(worker=self.worker, defaults={"seen_at": timezone.now()})

    def _try(self, action: object) -> None:
        """A database that is busy or away is asked again a moment later."""
        try:
            action()  # type: ignore[operator]
        except OperationalError as fault:
            logger.warning("The worker's heart missed a beat: %s", fault)
            connection.close()

    def stop(self) -> None:
        """Let the thread end, and take back the beat: the worker ends in order."""
        self.stopping.set()
        self.join()
        Beat.objects.filter(worker=self.worker).delete()
