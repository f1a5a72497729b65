import { expect, it } from "vitest";
import { encodeBatch } from "./batch";
import { Crowd, numberOf } from "./crowd";

it("numbers are those of the server's number_in", () => {
  expect(["TABC", "T7ZQ2MKD", "TAAAAAAB", "TZ7Z7Z7Z7Z7"].map(numberOf)).toEqual([34, 4077728067, 1, 4093443903]);
  expect(["O1", "T", "Tabc", "T1"].map(numberOf)).toEqual([null, null, null, null]);
});

it("a track of the newest frame is found by its name, and another is not", () => {
  const crowd = new Crowd();
  crowd.take(
    encodeBatch({
      kind: 2,
      t_tai_s: 137,
      t_utc_s: 100,
      indices: Uint32Array.of(numberOf("TABC")!, numberOf("TABD")!),
      positions_itrf_m: Float32Array.of(7e6, 0, 0, NaN, 0, 0),
      velocities_itrf_mps: Float32Array.of(0, 7000, 0, 0, 0, 0),
    }),
  );
  expect(crowd.of("TABC")).toMatchObject({ t_ms: 100_000, lat_deg: 0, lon_deg: 0, velocity_itrf_mps: [0, 7000, 0] });
  expect(crowd.of("TABC")!.altitude_km).toBeCloseTo(7000 - 6378.137, 3);
  expect(crowd.of("TABD")).toBeNull();
  expect(crowd.of("O1")).toBeNull();
});
