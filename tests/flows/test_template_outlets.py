"""Daily columns through the real `import`: a year of near-identical stories is a year of articles, and only real copies are grouped."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

DAYS = 365
START = datetime(2025, 1, 1, 2, 0, tzinfo=UTC)
WEEKDAYS_MY = ("တနင်္လာ", "အင်္ဂါ", "ဗုဒ္ဓဟူး", "ကြာသပတေး", "သောကြာ", "စနေ", "တနင်္ဂနွေ")


def rates(at: datetime) -> str:
    day = (at - START).days
    return (
        f"The bank kept its reference rate at 2,100 kyat to the dollar on {at:%A}, {at.day} {at:%B}. The baht stood at {60 + day % 3} and the yuan at "
        f"{290 + day % 2}. Dealers quote these prices every day before nine and say that they may change without notice to those who buy or sell."
    )


def forecast(at: datetime) -> str:
    return (
        f"{at:%A} will be mostly {('sunny', 'cloudy', 'hazy')[at.day % 3]} along the coast, with light winds and waves of 3 to 5 feet, the weather office said. "
        "Boats are told to keep close to the shore after dusk and to listen to the radio for warnings. Farmers in the delta may expect dew in the early "
        "morning, and drivers on the hill roads are asked to keep their lamps on in the fog."
    )


def forecast_my(at: datetime) -> str:
    day = "".join(chr(0x1040 + int(digit)) for digit in str(at.day))
    return (
        f"ယခုလ {day} ရက်နေ့ {WEEKDAYS_MY[at.weekday()]}နေ့တွင် ကမ်းရိုးတန်းတစ်လျှောက် တိမ်အသင့်အတင့် ဖြစ်ထွန်းပြီး လှိုင်းအမြင့် ၃ ပေမှ ၅ ပေခန့် ရှိနိုင်သည်ဟု မိုးလေဝသဌာနက ပြောသည်။ "
        "လှေများသည် ညနေပိုင်းတွင် ကမ်းနှင့်အနီး၌သာ သွားလာရန်နှင့် ရေဒီယိုမှ သတိပေးချက်များကို နားထောင်ရန် တိုက်တွန်းထားသည်။"
    )


def market(at: datetime) -> str:
    return (
        f"Today's market was {'quiet' if at.day % 2 else 'busy'}. Rice, beans and oil were sold at the prices of the day before, traders in the town say, and queues "
        "were short in the morning. Owners of tea shops bought most of it, and the council asks everyone to bring their own bags."
    )


COLUMNS = {"rates_en": rates, "weather_en": forecast, "weather_my": forecast_my, "market_en": market}
TAKEN = (40, 200, 300)


def line(outlet: str, name: str, body: str, at: datetime) -> dict[str, str]:
    return {
        "outlet_id": outlet, "url": f"https://{outlet.replace('_', '-')}.example/{name}", "headline": f"The day in short ({name})", "body": body,
        "date_published": at.isoformat(), "language": outlet[-2:],
    }


def lines() -> list[dict[str, str]]:
    """Each column of a year, and what the outlet taker_en took from it on three days, under a line of its own."""
    daily = [line(outlet, f"d{day}", tell(at), at) for outlet, tell in COLUMNS.items() for day in range(DAYS) for at in [START + timedelta(days=day)]]
    taken = [line(f"taker_{outlet[-2:]}", f"{outlet}{day}", tell(at) + "\nRead more tomorrow.", at + timedelta(hours=3))
             for outlet, tell in COLUMNS.items() for day in TAKEN for at in [START + timedelta(days=day)]]
    return daily + taken


def write_outlets(folder: Path) -> Path:
    folder.mkdir()
    for outlet in (*COLUMNS, "taker_en", "taker_my"):
        (folder / f"{outlet}.toml").write_text(
            f'name = "{outlet}"\nhomepage = "https://{outlet.replace("_", "-")}.example/"\ncountry = "MM"\nlanguage = "{outlet[-2:]}"\ntime_zone = "Asia/Yangon"\n')
    return folder


def test_a_year_of_daily_columns_is_grouped_only_with_what_was_taken_from_it(tmp_path):
    file = tmp_path / "year.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in lines()))
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("NIGHTDESK_", "PREFECT_"))}
    command = [sys.executable, "-m", "flows.cli", "--data-dir", str(tmp_path / "data"), "--outlets-dir", str(write_outlets(tmp_path / "outlets"))]
    done = subprocess.run([*command, "import", str(file)], capture_output=True, text=True, timeout=300, env=environment, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    with duckdb.connect(str(tmp_path / "data" / "news.duckdb"), read_only=True) as connection:
        counted = connection.execute("select outlet_id, count(*) from articles where outlet_id not like 'taker%' group by 1 order by 1").fetchall()
        pairs = connection.execute(
            "select list(outlet_id || split_part(url, '/', 4) order by outlet_id) from articles where copy_id is not null group by copy_id").fetchall()
    assert counted == [(outlet, DAYS) for outlet in sorted(COLUMNS)]
    assert sorted(sorted(pair) for (pair,) in pairs) == sorted(
        sorted([f"{outlet}d{day}", f"taker_{outlet[-2:]}{outlet}{day}"]) for outlet in COLUMNS for day in TAKEN)
