package main

import (
	"context"
	"os"
	"strings"
	"time"
)

// withGoRun ends with the go command: "go run" does not pass a SIGTERM on, and
// would leave the server behind. Programs that go run builds lie in a go-build
// folder; a binary that was built is left alone.
func withGoRun(ctx context.Context) context.Context {
	self, err := os.Executable()
	if err != nil || !strings.Contains(self, "go-build") {
		return ctx
	}
	ctx, cancel := context.WithCancel(ctx)
	parent := os.Getppid()
	go func() {
		defer cancel()
		for os.Getppid() == parent && ctx.Err() == nil {
			time.Sleep(200 * time.Millisecond)
		}
	}()
	return ctx
}
