"""One LEO day, its transition matrix, frames, an arc and a fit by satkit, brahe and heyoka, as far as they are here.

Printed in JSON lines: peer, what, ms (or us), place (gcrf, m) where there is one. satkit wants its data: the package
satkit-data, and the Earth-orientation file of astropy-iers-data, whose path comes with the arrays.
"""

import datetime
import math
import os
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from _common import load, say, seconds_of

MJD_UTC = 60780.0


def main():
    data = load()
    for work in (satkit_lines, brahe_lines, heyoka_lines):
        try:
            work(data)
        except ImportError:
            continue
        except Exception as trouble:  # a peer that fails says so, and the others go on
            say(peer=work.__name__.split("_")[0], error=f"{type(trouble).__name__}: {trouble}"[:300])


def _folder(name):
    found = find_spec(name)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations)))


def satkit_lines(data):
    store, iers = _folder("satkit_data"), data["iers_a"].item()
    if store is not None and "SATKIT_DATA" not in os.environ:
        folder = Path(tempfile.mkdtemp())
        for file in (store / "data").iterdir():
            (folder / file.name).symlink_to(file)
        (folder / "finals2000A.all").symlink_to(iers)
        os.environ |= {
            "SATKIT_DATA": str(folder), "SATKIT_OFFLINE": "1",
            "SATKIT_JPLEPHEM_FILE": str(folder / "linux_p1550p2650.440"),
        }  # fmt: skip
    import satkit as sk

    begin = sk.time.from_datetime(datetime.datetime(2025, 4, 15, tzinfo=datetime.UTC))

    def day(what, integrator, drag, stm=False):
        settings = sk.propsettings(
            abs_error=1e-6, rel_error=1e-10, gravity_degree=20, gravity_order=20, use_sun_gravity=False,
            use_moon_gravity=False, use_relativistic_correction=False, enable_interp=False,
            tide_model=sk.tidemodel.none, gravity_model=sk.gravmodel.egm2008,
            integrator=getattr(sk.integrator, integrator),
        )  # fmt: skip
        extra = {"satproperties": sk.satproperties(cdaoverm=float(data["cd_area"]))} if drag else {}
        kept = []

        def work():
            found = sk.propagate(
                data["low"], begin, duration_days=1.0, propsettings=settings, output_phi=stm, **extra
            )
            kept[:] = [found]

        taken_s = seconds_of(work, 5)
        place = list(map(float, kept[0].pos))
        say(peer=f"satkit {sk.__version__}", what=what, ms=taken_s * 1e3, place=place, how=integrator)

    day("day", "gauss_jackson8", False)
    day("day-drag", "gauss_jackson8", True)
    day("day-drag-partials", "rkv98", True, stm=True)
    start = datetime.datetime(2025, 4, 15, tzinfo=datetime.UTC)
    times = [start + datetime.timedelta(seconds=float(s)) for s in data["frame_s"][:2000]]
    instants = [sk.time.from_datetime(t) for t in times]
    places = data["frame_m"][: len(instants)]
    taken_s = seconds_of(lambda: [q * p for q, p in zip(sk.frametransform.qgcrf2itrf(instants), places, strict=True)])
    say(peer=f"satkit {sk.__version__}", what="frames", us=taken_s / len(instants) * 1e6)


def brahe_lines(data):
    import brahe as bh

    bh.set_num_threads(1)
    bh.set_global_eop_provider_from_file_provider(bh.FileEOPProvider.from_default_standard(True, "Hold"))
    bh.set_global_space_weather_provider(bh.FileSpaceWeatherProvider.from_default_file())
    bh.set_precession_nutation_model(bh.PrecessionNutationModel.IAU2000B)
    gravity = bh.GravityConfiguration.spherical_harmonic(degree=20, order=20, parallel=bh.ParallelMode.Never)
    epoch = bh.Epoch.from_mjd(MJD_UTC, bh.TimeSystem.UTC)

    def day(what, method, drag):
        extra = {}
        if drag:
            extra["drag"] = bh.DragConfiguration(
                model=bh.AtmosphericModel.NRLMSISE00, area=bh.ParameterSource.value(10.0),
                cd=bh.ParameterSource.value(float(data["cd_area"]) * 100.0),
            )  # fmt: skip
        forces = bh.ForceModelConfig(gravity=gravity, mass=bh.ParameterSource.value(1000.0), **extra)
        config = bh.NumericalPropagationConfig.with_method(method).with_abs_tol(1e-6).with_rel_tol(1e-10)
        flight = bh.NumericalOrbitPropagator(epoch, data["low"], config, forces, None)
        flight.set_trajectory_mode(bh.TrajectoryMode.DISABLED)

        def work():
            flight.reset()
            flight.propagate_to(epoch + 86400.0)

        taken_s = seconds_of(work)
        place = list(map(float, flight.current_state()[:3]))
        say(peer=f"brahe {bh.__version__}", what=what, ms=taken_s * 1e3, place=place, how=str(method))

    day("day", bh.IntegrationMethod.RKN1210, False)
    day("day-drag", bh.IntegrationMethod.RKF78, True)

    forces = bh.ForceModelConfig(gravity=gravity)
    config = bh.NumericalPropagationConfig.with_method(bh.IntegrationMethod.RKF78).with_abs_tol(1e-3).with_rel_tol(1e-9)
    degrees = np.degrees(data["sites"][:, :2])
    models = [
        bh.AzElRangeMeasurementModel(
            lon, lat, height, math.degrees(data["sigmas"][0]), math.degrees(data["sigmas"][1]),
            float(data["sigmas"][2]), bh.AngleFormat.DEGREES,
        )
        for (lat, lon), height in zip(degrees, data["sites"][:, 2], strict=True)
    ]  # fmt: skip
    looks = [
        bh.Observation(epoch + float(t), np.array([math.degrees(z[0]) % 360.0, math.degrees(z[1]), z[2]]), int(s))
        for t, s, z in zip(data["look_s"], data["look_station"], data["looks"], strict=True)
    ]
    prior = np.diag([1e8] * 3 + [1e2] * 3)
    settings = bh.BLSConfig(state_correction_threshold=1e-2, cost_convergence_threshold=1e-6)
    start = time.process_time()
    fit = bh.BatchLeastSquares(
        epoch, data["fit_start"], prior, propagation_config=config, force_config=forces, measurement_models=models,
        config=settings,
    )  # fmt: skip
    fit.solve(looks)
    taken_s = time.process_time() - start
    say(
        peer=f"brahe {bh.__version__}", what="fit", ms=taken_s * 1e3, place=list(map(float, fit.current_state()[:3])),
        steps=int(fit.iterations_completed()),
    )  # fmt: skip


def heyoka_lines(data):
    import heyoka as hy

    hy.set_nthreads(1)
    mu, radius, flat, spin, j2 = 3.986004415e14, 6378136.3, 1 / 298.257223563, 7.292115e-5, 1.08262617385222e-3
    x, y, z, u, v, w = hy.make_vars("x", "y", "z", "u", "v", "w")
    r2 = x * x + y * y + z * z
    r, s2 = hy.sqrt(r2), z * z / r2
    height = r - 6378137.0 * (1 - flat * s2)
    # a smooth stand-in for the air: two exponentials, as a table cannot be written in its language
    density = 1.225 * hy.exp(height * (-1 / 7249.0)) + 3.0e-8 * hy.exp(height * (-1 / 30000.0))
    a, b = u + spin * y, v - spin * x
    k = -0.5 / float(data["arc_beta"]) * density * hy.sqrt(a * a + b * b + w * w)
    g, q = -mu / (r2 * r), 1.5 * j2 * radius * radius / r2
    c = g * (1 + q * (1 - 5 * s2))
    system = [
        (x, u), (y, v), (z, w), (u, c * x + k * a), (v, c * y + k * b), (w, g * (1 + q * (3 - 5 * s2)) * z + k * w),
    ]  # fmt: skip
    starts = data["arcs_gcrf"]
    flight = hy.taylor_adaptive(
        system, starts[0], tol=1e-12, t_events=[hy.t_event(height, direction=hy.event_direction.negative)]
    )

    def work():
        for start in starts:
            flight.time = 0.0
            flight.state[:] = start
            flight.reset_cooldowns()
            flight.propagate_until(7200.0)

    say(peer=f"heyoka {hy.__version__}", what="arc", us=seconds_of(work) / len(starts) * 1e6, how="Taylor 1e-12")


if __name__ == "__main__":
    main()
