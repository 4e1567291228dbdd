"""Starts the programs of tests/bench, each on a core of its own."""

import ctypes
import json
import os
import signal
import subprocess

PR_SET_PDEATHSIG = 1


class Programs:
    def __init__(self, folder, realtime, alone):
        self.folder = folder
        self.realtime = realtime
        self.cores = sorted(os.sched_getaffinity(0)) if alone else []

    def path(self, name):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            raise SystemExit(f"{path} is not there: build the target 'bench'")
        return path

    def placed(self, number):
        """What a child does before it becomes a program: it moves to the core of that number, and ends when we do."""
        libc = ctypes.CDLL(None)

        def move():
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if len(self.cores) > 1:
                os.sched_setaffinity(0, {self.cores[number % len(self.cores)]})
            if self.realtime:
                os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(40))

        return move

    def load(self, server, shape, options):
        """Drives a server that is started for it, and returns what the generator says."""
        with Server(self, server) as started:
            command = [self.path("bench_load"), shape, "--port", started.port, "--pid", str(started.process.pid)]
            for name, value in options.items():
                command += ["--" + name.replace("_", "-"), str(value)]
            done = subprocess.run(command, stdout=subprocess.PIPE, preexec_fn=self.placed(1), check=False)
            if done.returncode != 0:
                raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
            return json.loads(done.stdout)

    def engine(self, row, quick):
        command = [self.path("bench_engine"), "--row", row] + (["--quick"] if quick else [])
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}")
        return [json.loads(line) for line in done.stdout.splitlines()]


class Server:
    def __init__(self, programs, name):
        self.process = subprocess.Popen(
            [programs.path(name)], stdout=subprocess.PIPE, text=True, preexec_fn=programs.placed(0)
        )
        said = self.process.stdout.readline().split()
        if len(said) != 3:
            self.process.wait()
            raise SystemExit(f"{name} did not start")
        self.port = said[2]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
