"""Scrapy's settings. Its defaults are made for any use, not for a crawl that must be polite and safe; each line says why it differs."""

from __future__ import annotations

import crawlers.outlet as _outlet

_FETCH = _outlet.FetchRules()

BOT_NAME = "nightdesk"
SPIDER_LOADER_CLASS = "crawlers.loader.OutletLoader"

# ---------------------------------------------------------------- politeness; crawlers.loader sets these for each outlet from its file

CONCURRENT_REQUESTS = _FETCH.connections
CONCURRENT_REQUESTS_PER_DOMAIN = _FETCH.connections
DOWNLOAD_DELAY = _FETCH.delay_s
# The delay is a promise: without jitter no gap is shorter than the file says.
DOWNLOAD_DELAY_JITTER = 0
DOWNLOAD_TIMEOUT = _FETCH.timeout_s
# Scrapy's default is 1 GiB, which a Brotli answer of 1.6 kB can fill.
DOWNLOAD_MAXSIZE = _FETCH.max_bytes
DOWNLOAD_WARNSIZE = 0

# ---------------------------------------------------------------- what a request passes, from the engine to the network

DOWNLOADER_MIDDLEWARES = {
    "crawlers.guard.AddressGuard": 50,
    "crawlers.robots.RobotsGate": 100,
    "crawlers.patience.Patience": 550,
    "crawlers.redirects.Redirects": 600,
    "crawlers.wire.WireBody": 900,
}
# None of Scrapy's own: its robots.txt reader allows everything when robots.txt answers 503, its repeater repeats at once and does not read
# Retry-After, its unpacker takes half a gzip body for whole, its redirects go to any host, its HTTP cache answered 200 of 200 requests without
# asking, and its proxy comes from the environment. Headers, timeout and proxy are set by the spider. Naming each with None would do the same,
# but loads them all, which costs every child a second.
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
# The spider wants to see every status, sends no Referer (its policy header was once a way to run code), and follows no links; the limit on
# the length of addresses drops silently, and long Burmese ones are real.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
# Telnet, remote control, memory, statistics and feed exporters: nothing here uses them.
EXTENSIONS_BASE: dict[str, int] = {}
ITEM_PIPELINES = {"crawlers.keep.KeepCaptures": 100}

# ---------------------------------------------------------------- safety

ROBOTSTXT_OBEY = True  # for readers of the settings; crawlers.robots obeys whatever this says
TWISTED_DNS_RESOLVER = "crawlers.guard.GuardedResolver"
# `file:` as a request URL returned /etc/passwd.
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_FAIL_ON_DATALOSS = True
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False
REFERER_ENABLED = False
REFERRER_POLICY = "no-referrer"
RETRY_ENABLED = False  # crawlers.patience repeats, and knows Retry-After
REDIRECT_ENABLED = False  # crawlers.redirects follows
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False  # an endpoint that runs code
HTTPCACHE_ENABLED = False
JOBDIR = None  # a killed crawl resumed "successfully" with 153 of 200 pages never fetched

# ---------------------------------------------------------------- the process

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # pages are asked in the order of the spider: newest first
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"  # the ledger holds each address once
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"  # the ledger counts
STATS_DUMP = False
LOG_LEVEL = "WARNING"
LOG_VERSIONS: list[str] = []
DNS_TIMEOUT = 20
# Callbacks yield one item at most; the default starts 100 tasks for each response.
CONCURRENT_ITEMS = 1
WARN_ON_GENERATOR_RETURN_VALUE = False  # reads the source of the callback for every response
