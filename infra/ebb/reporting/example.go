package reporting

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/report"
	"github.com/ebb-access/ebb/shared/slack/slacktest"
)

// example reads a simulated company over HTTP, as it would read Slack.
func (r *Report) example(ctx context.Context, d desk) (report.Picture, error) {
	org := slacktest.New(slacktest.Options{Seed: 7, People: 240, Groups: 18, Channels: 60, Plan: slacktest.PlanBusiness, Now: d.now})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return report.Picture{}, fault.New(op, fault.Misconfigured, "no port of this machine is free (%v)", err)
	}
	server := &http.Server{Handler: org, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	defer func() { _ = server.Close() }()
	simulated := *r
	simulated.SlackAPIURL = "http://" + listener.Addr().String() + "/api/"
	return simulated.byToken(ctx, d, org.UserToken())
}
