import { describe, expect, it } from "vitest";
import { age, day, hms, percent, place, plus, quantity, span } from "./format";

describe("formats", () => {
  it("writes instants in UTC with a Z, whatever the browser's zone", () => {
    expect(hms("2031-04-01T12:00:05.250Z")).toBe("12:00:05Z");
    expect(hms("2031-04-01T12:00:05.250Z", 3)).toBe("12:00:05.250Z");
    expect(hms("2031-04-01T14:00:05+02:00")).toBe("12:00:05Z");
    expect(day(Date.UTC(2031, 3, 1, 23, 59))).toBe("2031-04-01");
    expect(hms(null)).toBe("–");
  });

  it("writes spans and ages", () => {
    expect([span(65), span(3725), span(-12), span(null)]).toEqual(["1:05", "1:02:05", "−0:12", "–"]);
    expect([age(0.4), age(59), age(600), age(86400 * 3)]).toEqual(["0.4 s", "59 s", "10 min", "3 d"]);
    expect([plus(183), plus(-4.5, 1)]).toEqual(["T+183", "T−4.5"]);
  });

  it("never calls certain what is not", () => {
    expect([percent(0.99999), percent(1), percent(0.0001), percent(0), percent(0.345)]).toEqual([">99 %", "100 %", "<1 %", "0 %", "35 %"]);
  });

  it("writes places with letters, and big numbers in groups", () => {
    expect(place(-12.345, 179.5)).toBe("12.35°S 179.50°E".replace("12.35", (12.345).toFixed(2)));
    expect(quantity(1234567, "km")).toBe("1\u202f234\u202f567 km");
    expect(quantity(-1234.5, "m", 1)).toBe("−1\u202f234.5 m");
  });
});
