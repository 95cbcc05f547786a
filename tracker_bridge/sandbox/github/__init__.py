"""
The sandbox's GitHub: REST and a little GraphQL over the world's projects with forge ``github``.

The layout of addresses is GitHub Enterprise's: ``/api/v3/...`` and ``/api/graphql``.
"""

from tracker_bridge.sandbox.github.application import create_face

__all__ = ["create_face"]
