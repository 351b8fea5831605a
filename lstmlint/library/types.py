"""Models of types: SimpleNamespace stands with argparse.Namespace."""
import lstmlint.library.argparse  # noqa: F401
