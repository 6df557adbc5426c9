// Package slacktest is a simulated Slack over HTTP.
package slacktest
