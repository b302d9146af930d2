"""bookings.py FOLDER PEER: FOLDER/bookings.csv -> checked records in Parquet -> features in memory, as csv-falconry.ts; prints what it took as JSON."""

import json
import os
import pathlib
import resource
import sys
import time

folder, peer = pathlib.Path(sys.argv[1]), sys.argv[2]
source, parquet, quarantine = folder / "bookings.csv", folder / f"{peer}-{os.getpid()}.parquet", folder / f"{peer}-{os.getpid()}.csv"
NUMBERS = {"id": (None, None), "price": (0, 10_000), "nights": (1, 30), "distance": (None, None), "age": (18, 120)}
WHOLE = ["id", "nights", "age"]
OPTIONAL = ["distance", "age"]
ALLOWED = {"online": ["true", "false"], "channel": ["web", "desk", "phone", "agent", "partner"], "cancelled": ["yes", "no"]}


def ingest_with_pandas():
    import numpy
    import pandas

    raw = pandas.read_csv(source, dtype=str, keep_default_na=False)
    records = pandas.DataFrame(index=raw.index)
    reason = pandas.Series("", index=raw.index)

    def refuse(rows, why):
        reason[rows & (reason == "")] = why

    for name in raw.columns:
        text = raw[name]
        missing = text == ""
        if name not in OPTIONAL:
            refuse(missing, f"{name}: it is missing")
        if name in NUMBERS:
            values = pandas.to_numeric(text, errors="coerce")
            refuse(~missing & values.isna(), f"{name}: it is no number")
            if name in WHOLE:
                refuse(values.notna() & (values % 1 != 0), f"{name}: it is no whole number")
            low, high = NUMBERS[name]
            if low is not None:
                refuse((values < low) | (values > high), f"{name}: it is outside of {low} to {high}")
            records[name] = values
        elif name == "day":
            records[name] = pandas.to_datetime(text, format="%Y-%m-%d", errors="coerce")
            refuse(~missing & records[name].isna(), f"{name}: it is no day")
        else:
            if name in ALLOWED:
                refuse(~missing & ~text.isin(ALLOWED[name]), f"{name}: it is none of {ALLOWED[name]}")
            records[name] = text == "true" if name == "online" else text
    accepted = reason == ""
    again = records[accepted].duplicated("id")
    reason[again.index[again]] = "id: another record has the same key"
    accepted = reason == ""
    raw[~accepted].assign(reason=reason[~accepted]).to_csv(quarantine)
    records = records[accepted].sort_values("id")
    records = records.astype({name: "Int64" if name in OPTIONAL else numpy.int64 for name in WHOLE})
    records.to_parquet(parquet, compression="zstd", index=False)
    return len(records), len(raw) - len(records)


def features_with_pandas():
    import numpy
    import pandas

    records = pandas.read_parquet(parquet)
    price = records["price"] / records["nights"]
    usual = price.groupby(records["place"]).agg(["mean", "size"])
    features = pandas.DataFrame(
        {
            "id": records["id"],
            "cancelled": records["cancelled"],
            "price_a_night": price,
            "nights": records["nights"].astype(float),
            "distance": numpy.log1p(records["distance"]),
            "age": records["age"].astype(float),
            "online": records["online"].astype(float),
            "place": records["place"],
            "channel": records["channel"],
            "arrival_month": records["day"].dt.month.astype(float),
            "dearness": price / records["place"].map(usual["mean"]),
            "popularity": records["place"].map(usual["size"]).astype(float),
        }
    ).sort_values("id")
    return features["dearness"].sum()


def ingest_with_polars():
    import polars

    raw = polars.read_csv(source, infer_schema=False, missing_utf8_is_empty_string=True)
    checks, typed = [], []
    for name in raw.columns:
        text = polars.col(name)
        missing = text == ""
        if name not in OPTIONAL:
            checks.append((missing, f"{name}: it is missing"))
        if name in NUMBERS:
            values = text.cast(polars.Float64, strict=False)
            checks.append((~missing & values.is_null(), f"{name}: it is no number"))
            if name in WHOLE:
                checks.append((values % 1 != 0, f"{name}: it is no whole number"))
            low, high = NUMBERS[name]
            if low is not None:
                checks.append(((values < low) | (values > high), f"{name}: it is outside of {low} to {high}"))
            typed.append(values.cast(polars.Int64, strict=False) if name in WHOLE else values)
        elif name == "day":
            day = text.str.to_date("%Y-%m-%d", strict=False)
            checks.append((~missing & day.is_null(), f"{name}: it is no day"))
            typed.append(day)
        else:
            if name in ALLOWED:
                checks.append((~missing & ~text.is_in(ALLOWED[name]), f"{name}: it is none of {ALLOWED[name]}"))
            typed.append(text == "true" if name == "online" else text)
    reason = polars.coalesce([polars.when(rows).then(polars.lit(why)) for rows, why in checks])
    raw = raw.with_columns(reason.alias("reason"))
    good = raw.filter(polars.col("reason").is_null()).with_columns(polars.col("id").is_first_distinct().alias("first"))
    again = good.filter(~polars.col("first")).with_columns(polars.lit("id: another record has the same key").alias("reason"))
    bad = polars.concat([raw.filter(polars.col("reason").is_not_null()), again.drop("first")])
    bad.write_csv(quarantine)
    records = good.filter(polars.col("first")).select(typed).sort("id")
    records.write_parquet(parquet, compression="zstd")
    return len(records), len(bad)


def features_with_polars():
    import polars

    col = polars.col
    price = col("price") / col("nights")
    features = (
        polars.read_parquet(parquet)
        .select(
            col("id"),
            col("cancelled"),
            price.alias("price_a_night"),
            col("nights").cast(polars.Float64),
            (col("distance") + 1).log().alias("distance"),
            col("age").cast(polars.Float64),
            col("online").cast(polars.Float64),
            col("place"),
            col("channel"),
            col("day").dt.month().cast(polars.Float64).alias("arrival_month"),
            (price / price.mean().over("place")).alias("dearness"),
            polars.len().over("place").cast(polars.Float64).alias("popularity"),
        )
        .sort("id")
    )
    return features["dearness"].sum()


ingest, features = {"pandas": (ingest_with_pandas, features_with_pandas), "polars": (ingest_with_polars, features_with_polars)}[peer]
# what is loaded once is not measured
__import__(peer)
started = time.perf_counter()
accepted, quarantined = ingest()
ingested = time.perf_counter()
check = features()
ended = time.perf_counter()
work = {
    "ingestSeconds": ingested - started,
    "featureSeconds": ended - ingested,
    "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "accepted": accepted,
    "quarantined": quarantined,
    "check": float(check),
}
print(json.dumps(work))
