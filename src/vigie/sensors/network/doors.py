"""Which ports are looked at, and what is asked behind each: the protocol, not the product."""

from vigie.tools.network.dialling import SILENT

FTP = (21, 2121)
TELNET = (23, 2323, 4719)
LPD = 515
RAW = tuple(sorted(SILENT - {LPD}))
IPP = (631, 8631, 8632, 10631)
SMB = (445, 139)
REMOTE_DESKTOP = (3389, 3388, 3390, 33890)
SCREEN = (5900, 5901, 5902, 5903)
CAMERA = (554, 8554, 10554)
POSTGRESQL = (5432, 5433)
REDIS, MEMCACHED, MONGODB, MQTT, RSYNC = 6379, 11211, 27017, 1883, 873
ELASTICSEARCH, COUCHDB, DOCKER = 9200, 5984, 2375
# Where devices keep web pages: boxes, printers, NAS, cameras, the boards of programs.
WEB = (
    80, 443, 81, 82, 88, 591, 4443, 5000, 5001, 5080, 7080, 7443, 7547, 8000, 8001, 8008, 8080,
    8081, 8082, 8083, 8085, 8088, 8089, 8090, 8181, 8443, 8800, 8880, 8888, 9000, 9080, 9090, 9443,
    3000, 7000, 8006, 8123, 8200, 9001, 9091, 10000, 10443, ELASTICSEARCH, COUCHDB, DOCKER,
)  # fmt: skip
# Looked at to know what a device is, and never spoken to. MySQL is not among them: it counts
# connections that say nothing, and shuts the door of a machine after a hundred.
TELLING = (22, 53, 135, 548, 2049, 5357, 62078)
# Where an accepted connection alone is the proof: looked at for a moment, not a byte is sent.
KEPT = frozenset({LPD, *RAW, *TELNET})
ALL = tuple(
    dict.fromkeys(
        (
            *WEB, *FTP, *TELNET, LPD, *RAW, *IPP, *SMB, *REMOTE_DESKTOP, *SCREEN, *CAMERA,
            *POSTGRESQL, REDIS, MEMCACHED, MONGODB, MQTT, RSYNC, *TELLING,
        )
    )
)  # fmt: skip
