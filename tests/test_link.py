"""A link is the scene: it goes there and back unchanged, and no text in it can do harm."""

from urllib.parse import parse_qs, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrviz import GD, SCHEDULES, Adam, Additive, Constant, Cosine, OneCycle, Quadratic, Rosenbrock, Warmup
from lrviz.link import LANDING, MOST_CHARACTERS, MOST_SENTENCES, Link, query, read
from lrviz.scene import MOST_RUNS, MOST_STEPS, Run, Scene
from tests import strategies


def opened(text: str) -> Link:
    """What a browser's address with this query says."""
    return read(parse_qs(text, keep_blank_values=True))


def scenes() -> st.SearchStrategy[Scene]:
    run = st.builds(Run, optimizer=strategies.optimizers(), schedule=strategies.schedules())
    anywhere = st.floats(allow_nan=False, allow_infinity=False)
    return strategies.runs().flatmap(
        lambda drawn: st.builds(
            Scene,
            surface=st.just(drawn["surface"]),
            runs=st.lists(run, min_size=1, max_size=MOST_RUNS).map(tuple),
            start=st.tuples(anywhere, anywhere),
            steps=st.integers(1, MOST_STEPS),
            noise=st.just(drawn["noise"]),
            seed=st.integers(0, 2**32 - 1),
        )
    )


@given(scenes())
def test_a_scene_survives_its_link(scene):
    link = opened(query(scene))
    assert link.scene == scene
    assert link.problems == ()


def test_a_link_reads_like_a_sentence():
    run = Run(Adam(beta1=0.8), Warmup(Cosine(eta=0.05, period=200), steps=10))
    scene = Scene(Quadratic(kappa=100.0), (Run(GD(), Constant(0.0199)), run), start=(1, -1.5), steps=500, seed=3)
    assert query(scene).replace("+", " ") == (
        "surface=quadratic kappa 100&start=1 -1.5&steps=500&seed=3"
        "&run=gd eta 0.0199&run=adam eta 0.05 beta1 0.8 warmup steps 10 cosine period 200"
    )


def test_what_has_its_default_is_left_out():
    assert query(LANDING) == ""
    assert query(Scene()) == "surface=rosenbrock&run=gd"
    assert opened("").scene == LANDING


@pytest.mark.parametrize("slug", SCHEDULES)
def test_every_schedule_can_be_had_by_name_alone(slug):
    link = opened(f"run=gd+{slug}")
    assert isinstance(link.scene.runs[0].schedule, SCHEDULES[slug])
    assert link.scene.runs[0].schedule.eta == GD.typical_eta
    assert link.problems == ()


def test_a_one_cycle_schedule_keeps_its_own_warmup():
    schedule = opened("run=adam+warmup+steps+7+one_cycle+warmup+0.5").scene.runs[0].schedule
    assert schedule == Warmup(OneCycle(eta=0.001, warmup=0.5), steps=7)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("surface=foo", "There is no surface 'foo'. There are: quadratic, booth,"),
        ("run=foo", "There is no optimizer 'foo'. There are: gd, momentum,"),
        ("noise=foo", "There is no noise 'foo'. There are: additive,"),
        ("noise=minibatch", "Minibatches are drawn from data: Rosenbrock has none, Least squares has."),
        ("surface=least_squares&noise=minibatch+batch+1.5", "Minibatch.batch (b) = 1.5 is not a whole number."),
        ("run=gd+eta+0", "Constant.eta (η) = 0 is outside (0, ∞)."),
        ("run=gd+eta+-1", "Constant.eta (η) = -1 is outside (0, ∞)."),
        ("run=gd+eta+nan", "Constant.eta (η) = nan is outside (0, ∞)."),
        ("run=gd+eta+inf+cosine", "Cosine.eta (η) = inf is outside (0, ∞)."),
        ("run=gd+eta+1e400", "Constant.eta (η) = inf is outside (0, ∞)."),
        ("run=gd+eta", "Constant.eta (η) = '' is not a number."),
        ("run=gd+eta+0x10", "Constant.eta (η) = '0x10' is not a number."),
        ("run=adam+beta1+1", "Adam.beta1 (β₁) = 1 is outside [0, 1)."),
        ("run=gd+beta1+0.5", "GD has no number 'beta1'; it has: weight_decay."),
        ("run=gd+cosine+period+1.5", "Cosine.period (T) = 1.5 is not a whole number."),
        ("run=rmsprop+centered+yes", "RMSProp.centered (c) = 'yes' is neither 0 (off) nor 1 (on)."),
        ("steps=1e9", f"Scene.steps (T) = 1000000000 is outside [1, {MOST_STEPS}]."),
        ("steps=0", f"Scene.steps (T) = 0 is outside [1, {MOST_STEPS}]."),
        ("seed=-1", "Scene.seed (seed) = -1 is outside [0, 4294967295]."),
        ("start=1", "The start '1' is not two numbers, such as '1.5 -2'."),
        ("start=1+inf", "Scene.y (y) = inf is outside (−∞, ∞)."),
        ("colour=red", "The link has a part 'colour', which means nothing here."),
        (
            "run=" + "a" * 10_000,
            f"The link's part 'run' is 10,000 characters long; at most {MOST_CHARACTERS} are read.",
        ),
        ("&".join(["run=gd"] * 9), f"The link has 9 runs; the first {MOST_RUNS} are shown."),
    ],
)
def test_what_is_not_legal_is_refused_with_a_sentence(text, sentence):
    link = opened(text)
    assert len(link.problems) == 1
    assert link.problems[0].startswith(sentence)


def test_the_rest_of_a_link_holds():
    link = opened("surface=himmelblau&steps=77&start=1+x&run=adam+eta+0+beta1+0.5&run=foo&run=gd+eta+0.2")
    assert link.scene.surface.slug == "himmelblau"
    assert link.scene.steps == 77
    assert link.scene.start == link.scene.surface.start
    assert link.scene.runs == (Run(Adam(beta1=0.5), Constant(Adam.typical_eta)), Run(GD(), Constant(0.2)))
    assert len(link.problems) == 3


def test_a_person_is_not_buried_in_complaints():
    link = opened("&".join(f"part{i}={i}" for i in range(50)))
    assert len(link.problems) == MOST_SENTENCES + 1
    assert link.problems[-1] == f"And {50 - MOST_SENTENCES} more like these."


@given(
    st.dictionaries(st.sampled_from(["surface", "run", "start", "steps", "noise", "seed", "x"]), st.lists(st.text()))
)
def test_no_text_can_raise(parameters):
    assert isinstance(read(parameters).scene, Scene)


WORDS = [
    "gd",
    "adam",
    "warmup",
    "cosine",
    "one_cycle",
    "eta",
    "steps",
    "beta1",
    "kappa",
    "0.1",
    "1e308",
    "-1",
    "nan",
    "",
    "quadratic",
]


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), max_size=8))
def test_no_jumble_of_the_right_words_can_raise(runs):
    link = read({"run": runs, "surface": runs, "noise": runs, "start": runs})
    assert opened(query(link.scene)).scene == link.scene


def test_complaints_quote_a_bounded_piece_of_the_link():
    link = opened("surface=" + quote_plus("<b>" * 150))
    assert len(link.problems[0]) < 300


def test_scenes_refuse_what_is_not_legal():
    with pytest.raises(ValueError, match=r"Scene\.runs has 0 runs; it takes 1 to 6"):
        Scene(runs=())
    with pytest.raises(ValueError, match=r"Scene.x \(x\) = nan is outside"):
        Scene(start=(float("nan"), 0.0))


def test_runs_of_the_same_optimizer_are_numbered():
    scene = Scene(runs=(Run(), Run(Adam()), Run()))
    assert scene.names() == ("Gradient descent 1", "Adam", "Gradient descent 2")
    assert scene.names(short=True) == ("GD 1", "Adam", "GD 2")


def test_a_scene_runs_with_its_noise_and_seed():
    noisy = Scene(Rosenbrock(), (Run(),), steps=5, noise=Additive(0.5), seed=1)
    other = Scene(Rosenbrock(), (Run(),), steps=5, noise=Additive(0.5), seed=2)
    assert (noisy.run()[0].theta == noisy.run()[0].theta).all()
    assert (noisy.run()[0].theta != other.run()[0].theta)[1:].all()
