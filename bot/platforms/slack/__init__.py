"""Slack as a platform: words first (`mrkdwn`), then bodies (`rich_text`), then `blocks`."""
