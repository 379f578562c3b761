"""The step that is measured: it does nothing, so that what is left is the engine."""

from typing import Any

from django.apps import AppConfig

STEP = "bench.step"
EVENT = "bench.started"
STEPS = 6
WORKFLOW = f"name: bench\non: {{event: {EVENT}}}\nsteps:\n" + "".join(
    f"  - {{key: step_{number}, do: {STEP}, with: {{number: {number}}}}}\n" for number in range(1, STEPS + 1)
)


class BenchmarkConfig(AppConfig):
    name = "benchmarks.engine"
    label = "engine_benchmark"

    def ready(self) -> None:
        from pydantic import BaseModel

        from workflows.catalogue import KINDS
        from workflows.kinds import Out
        from workflows.steps import STEP_KINDS
        from workflows.steps.base import StepKind, World

        class Given(BaseModel):
            number: int

        class Counted(Out):
            number: int
            step: str
            done: bool

        class BenchmarkStep(StepKind):
            name = STEP
            label = "Do nothing"
            Input = Given
            Output = Counted

            def run(self, input: Given, world: World) -> dict[str, Any]:
                return {"number": input.number, "step": world.step, "done": True}

        KINDS[STEP] = STEP_KINDS[STEP] = BenchmarkStep()
