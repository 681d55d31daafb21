"""What all shapes have in common: they allow no key that they do not know, and remember where they were used."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator


class Schema(BaseModel):
    """A mapping with known keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=(), defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _remember(cls, data: Any, info: ValidationInfo) -> Any:
        # Pydantic's errors name a place but not the shape that was expected there; whoever explains them needs it.
        if isinstance(info.context, dict):
            info.context[id(data)] = cls
        return data

    @classmethod
    def known_keys(cls) -> dict[str, str]:
        """Each key as it is written, with an example of its value where there is one."""
        return {field.alias or name: str((field.examples or [""])[0]) for name, field in cls.model_fields.items()}
