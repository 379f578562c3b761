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

        from workflows.engine.context import KINDS
        from workflows.steps import STEP_KINDS
        from workflows.steps.base import StepKind, World

        class Given(BaseModel):
            number: int

        class BenchmarkStep(StepKind):
            name = STEP
            label = "Do nothing"
            Input = Given

            def run(self, input: Given, world: World) -> dict[str, Any]:
                return {"number": input.number, "step": world.step, "done": True}

        STEP_KINDS[STEP] = BenchmarkStep()
        KINDS[STEP] = False
