"""The playground: one to six runs on one surface, and what became of them."""

from lrviz.ui import playground, session, words

words.style()
scene = session.scene()
trajectories = session.trajectories(scene)

playground.head(scene)
playground.sidebar(scene)
words.notes(session.problems())
if not scene.starts_inside:
    words.notes([playground.outside(scene)])
playground.rows(scene, trajectories)
playground.results(scene, trajectories)
