"""The rows of the table: what is measured for each, and what it is to reach."""

from statistics import median

from include_cost import Include

FAULTS = ("missed", "repeated", "out_of_order", "stray", "closed")
LOADED = ("p50_ms", "p99_ms", "max_ms", "cpu_share", "generator_cpu_share", "lag_p99_ms", "deliveries_per_response")


class Compared:
    """Our server and the floor in turn, under the same load. What counts is the median of the ratios."""

    def __init__(self, name, what, shape, transport, figure, unit, reach, of_floor=True, factor=1, **options):
        self.name, self.what, self.shape, self.figure, self.unit = name, what, shape, figure, unit
        self.reach, self.of_floor, self.factor = reach, of_floor, factor
        self.options = {"transport": transport, **options}

    def measure(self, programs, scale):
        options = {**self.options, **scale.options.get(self.shape, {})}
        bus, floor = [], []
        for _ in range(scale.rounds):
            bus.append(programs.load("bench_server", self.shape, options))
            floor.append(programs.load("bench_floor", self.shape, options))
        return [self.row(bus, floor)]

    def row(self, bus, floor):
        figures = [run[self.figure] / self.factor for run in bus]
        floors = [run[self.figure] / self.factor for run in floor]
        ratios = [ours / least for ours, least in zip(figures, floors)]
        row = {
            "name": self.name,
            "what": self.what,
            "figure": median(figures),
            "unit": self.unit,
            "floor": median(floors),
            "ratio": median(ratios),
            "reach": self.reach,
            "of_floor": self.of_floor,
            "better": "less",
            "ratios": ratios,
            "beside": self.beside(bus, floor),
        }
        faults = {name: sum(run[name] for run in bus + floor) for name in FAULTS}
        if busy := self.saturated(bus, floor):
            row["saturated"] = busy
        if any(faults.values()):
            row["wrong"] = ", ".join(f"{int(count)} {name}" for name, count in faults.items() if count)
        return row

    def saturated(self, bus, floor):
        """Who had no time left. Beyond that point a figure says how overload is borne, not what a delivery costs."""
        if self.shape not in ("steady", "rooms"):
            return []
        shares = {
            "bus": [run["cpu_share"] for run in bus],
            "floor": [run["cpu_share"] for run in floor],
            "generator": [run["generator_cpu_share"] for run in bus + floor],
        }
        busy = [name for name, values in shares.items() if max(values) > 0.85]
        late = any(run["lag_p99_ms"] > 5 for run in bus + floor)
        return busy + (["generator late"] if late else [])

    def beside(self, bus, floor):
        names = [name for name in LOADED if name in bus[0]]
        if self.figure != "cpu_us_per_delivery":
            names.append("cpu_us_per_delivery")
        if "resident_bytes_per_client_fresh" in bus[0]:
            names = ["resident_bytes_per_client_fresh"]
        return {name: [median(run[name] for run in runs) for runs in (bus, floor)] for name in names}


class Engine:
    """Rows that bench_engine measures, without sockets."""

    def __init__(self, name):
        self.name = name

    def measure(self, programs, scale):
        return programs.engine(self.name, scale.quick)


class Scale:
    """How large the measurements are."""

    def __init__(self, rounds, quick, options):
        self.rounds, self.quick, self.options = rounds, quick, options


FULL = Scale(3, False, {"steady": {"seconds": 8}, "rooms": {"seconds": 8}})

QUICK = Scale(
    1,
    True,
    {
        "steady": {"seconds": 2, "warm_up": 1},
        "rooms": {"seconds": 2, "warm_up": 1},
        "wake": {"clients": 2000, "rounds": 3},
        "memory": {"clients": 2000},
    },
)

# For ctest: whether everything arrives, however busy the machine is.
CHECK = Scale(
    1,
    True,
    {
        "steady": {"clients": 50, "rate": 50, "seconds": 1, "warm_up": 0.2},
        "rooms": {"clients": 50, "rooms": 20, "rate": 200, "seconds": 1, "warm_up": 0.2},
        "wake": {"clients": 200, "rounds": 2},
        "memory": {"clients": 200},
    },
)

POLLING, WEBSOCKET = "long-polling", "websocket"
CPU, US = "cpu_us_per_delivery", "us"
MEMORY = "resident_bytes_per_client"

ROWS = [
    Compared("steady_polling", "CPU per delivery, long-polling", "steady", POLLING, CPU, US, 1.25, rate=50),
    Compared("steady_websocket", "CPU per delivery, WebSocket", "steady", WEBSOCKET, CPU, US, 1.10, rate=200),
    Compared("calm_websocket", "the same, 50 publishes a second", "steady", WEBSOCKET, CPU, US, 1.10, rate=50),
    Compared("wake_polling", "one publish to 10,000 parked polls", "wake", POLLING, "wake_ms", "ms", 1.15),
    Compared("rooms_polling", "CometD's rooms, long-polling, p99", "rooms", POLLING, "p99_ms", "ms", 20, False),
    Compared("rooms_websocket", "CometD's rooms, WebSocket, p99", "rooms", WEBSOCKET, "p99_ms", "ms", 20, False),
    Compared("memory_polling", "memory per parked poll", "memory", POLLING, MEMORY, "KiB", 2, False, 1024),
    Compared("memory_websocket", "memory per WebSocket client", "memory", WEBSOCKET, MEMORY, "KiB", 2, False, 1024),
    Include("include", "including <bayeux/bayeux.hpp>", 0.6),
    *map(Engine, ("idle", "publish", "channels", "handshakes", "lazy", "threads")),
]

# What keeps a row from its reach, as far as profiles show: said where it falls short.
HELD_BY = {
    "steady_polling": "what the floor leaves out: HTTP and JSON are read and checked, a session is found and held under a "
    "lock, a response is made; the memory of each client has left the caches since its last poll",
    "calm_websocket": "a look at the queue of each woken client, with a search and a lock, in memory that has left the caches",
    "wake_polling": "as steady_polling; a client is a dozen pieces of memory, and those of 10,000 fit into no cache",
    "rooms_polling": "a poll for each delivery leaves the server's core no time",
    "rooms_websocket": "the server's core has no time left",
    "include": "five sixths of it are standard headers; <string> and <memory> alone are two fifths",
    "publish": "three lines of memory for each session, which have to come from beyond the caches",
    "poll_wait": "a shard is locked while a publish goes through its 6,000 subscribers",
    "channels": "the channel is looked up in tables of a million, which are not in the caches",
    "handshakes": "a session is entered into tables of a million, which are not in the caches",
    "threads": "the locks of 16 shards, and what stands beside them, go from core to core with each publish",
}
