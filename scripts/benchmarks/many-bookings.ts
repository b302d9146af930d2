import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { seededRandom } from "@falconry/model/seeded-random.ts";
import type { LoadedWorkload } from "@falconry/model/workload.ts";

export const bookings = 1_000_000;
export const bookingColumns = 10;

/** Ids follow each other in no order; every id occurs once. */
const stride = 700_001;
const places = 50;
const channels = ["web", "desk", "phone", "agent", "partner"];
/** Of a thousand bookings so many cannot be used: a word for a number, a number out of its range, nothing where something has to be, an id for the second time. */
const faultsPerThousand = 4;
const bookingsPerPiece = 10_000;
const millisecondsPerDay = 86_400_000;
const firstDay = Date.UTC(2023, 0, 1);
const days = 730;

/** What is known of a booking, and whether it was cancelled. */
export function bookingWorkload(folder: string): LoadedWorkload {
  return {
    name: "many-bookings",
    question: "Will the booking be cancelled?",
    source: { sample: "bookings.csv" },
    columns: {
      id: { type: "integer", description: "Number of the booking" },
      day: { type: "date", description: "Day of arrival" },
      price: { type: "number", unit: "EUR", description: "Of all nights", range: { min: 0, max: 10_000 } },
      nights: { type: "integer", description: "Nights", range: { min: 1, max: 30 } },
      distance: { type: "number", unit: "km", description: "From home", optional: true },
      age: { type: "integer", description: "Of who booked", range: { min: 18, max: 120 }, optional: true },
      online: { type: "boolean", description: "Booked online" },
      place: { type: "string", description: "Where" },
      channel: { type: "string", description: "Through whom", values: ["web", ...channels.slice(1)] },
      cancelled: { type: "string", description: "Outcome", values: ["yes", "no"] },
    },
    key: ["id"],
    target: { column: "cancelled", task: "classification" },
    features: { sql: "features.sql" },
    split: { type: "stratified", testShare: 0.2, seed: 1 },
    crossValidation: { folds: 5, seed: 1 },
    candidates: [{ name: "majority", type: "majority" }],
    metric: "accuracy",
    gates: { floor: 0.5, minimumRows: 5 },
    rollout: { instanceType: "ml.m5.large", instanceCount: 2 },
    folder,
  };
}

/** Ten features a booking: arithmetic, a day taken apart, what is usual in its place. peers/bookings.py computes the same. */
export const bookingFeatures = `
WITH usual AS (SELECT place, avg(price / nights) AS usual_price, count(*) AS popularity FROM records GROUP BY place)
SELECT id, cancelled, price / nights AS price_a_night, nights, ln(1 + distance) AS distance, age, online, place, channel,
       month(day) AS arrival_month, price / nights / usual_price AS dearness, popularity
FROM records JOIN usual USING (place)`;

/** A million bookings of ten columns, the same ones each time. */
export async function writeBookings(path: string): Promise<void> {
  const random = seededRandom(1);
  const below = (end: number) => Math.floor(random() * end);
  const booking = (row: number): string => {
    const fault = below(1000) < faultsPerThousand ? below(faultsPerThousand) : undefined;
    const id = ((row - (fault === 3 && row > 0 ? 1 : 0)) * stride) % bookings;
    const day = new Date(firstDay + below(days) * millisecondsPerDay).toISOString().slice(0, 10);
    const price = fault === 0 ? "dear" : (random() * 2000).toFixed(2);
    const nights = fault === 1 ? 99 : 1 + below(14);
    const distance = random() < 0.1 ? "" : (random() * 3000).toFixed(1);
    const age = random() < 0.05 ? "" : String(18 + below(70));
    const place = fault === 2 ? "" : `place ${below(places)}`;
    const channel = channels[below(channels.length)];
    return `${id},${day},${price},${nights},${distance},${age},${random() < 0.6},${place},${channel},${random() < 0.3 ? "yes" : "no"}\n`;
  };
  await pipeline(function* () {
    yield `${Object.keys(bookingWorkload("").columns).join(",")}\n`;
    for (let start = 0; start < bookings; start += bookingsPerPiece)
      yield Array.from({ length: bookingsPerPiece }, (_, index) => booking(start + index)).join("");
  }, createWriteStream(path));
}
