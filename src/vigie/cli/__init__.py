"""The command line: one thin module per command, found by its name and loaded when called."""

import importlib
import pkgutil
import sys

import click

from vigie import __version__


class _Commands(click.Group):
    """The modules of this folder, each imported when its command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands, sorted."""
        del ctx
        return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="vigie")
def vigie() -> None:
    """Look after the computers of a medical practice, and prove it."""


def main() -> None:
    """Run the command line; a known trouble is one sentence and exit status 2."""
    try:
        sys.exit(vigie.main(standalone_mode=False) or 0)  # what a command's Exit asked for
    except click.Abort:
        click.echo("Interrompu ; rien n’est resté à moitié fait.", err=True)
        sys.exit(130)
    except click.UsageError as trouble:
        trouble.show()
        sys.exit(2)
    except click.ClickException as trouble:
        click.echo(trouble.format_message(), err=True)
        sys.exit(2)
