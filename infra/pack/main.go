// Command pack builds the functions and packs them as Lambda takes them:
//
//	go run ./infra/pack                 .build/functions/NAME.zip, each with a bootstrap
//	go run ./infra/pack -check          the same, and once more: every byte has to be the same
//	go run ./infra/pack -arch amd64 -unpacked    bootstraps alone, for tests on this machine
//	go run ./infra/pack -buildid next            other bytes of the same sources, for tests of an upgrade
//
// The same sources give the same bytes: no paths, no version control and no
// times go into a binary or a zip, so that a deploy changes only what changed.
// It fails when a zip has grown beyond what is agreed.
package main

import (
	"bytes"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ebb-access/ebb/shared/config/names"
)

// The most bytes of a zip, without and with CEL, which adds 3.2 MB and half of one
// for the zones of its times: 5.25 and 10.25 MB of 2^20, as Lambda counts. What is
// larger starts more slowly. The largest are api, with the generated API (10.0), and
// console, with its pages and what asks an issuer who somebody is (9.75). Both have 2 MB
// of S3's client, unzipped, for two calls.
const (
	megabyte    = 1 << 20
	most        = 5*megabyte + megabyte/4
	mostWithCEL = 10*megabyte + megabyte/4
)

// mayLinkCEL are the functions that decide by policy.
var mayLinkCEL = []string{names.API, names.Grant, names.Sweep, names.Slack, names.Notify, names.Console}

// tags and flags of every build: without the runtime of old (RPC), without
// paths, symbols and version control.
var flags = []string{"build", "-tags", "lambda.norpc", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w"}

func main() {
	out := flag.String("out", ".build/functions", "where to put everything")
	arch := flag.String("arch", "arm64", "arm64, which is deployed, or amd64")
	unpacked := flag.Bool("unpacked", false, "leave the zips out")
	check := flag.Bool("check", false, "build twice and compare")
	id := flag.String("buildid", "", "the id that every bootstrap carries, part of its bytes")
	flag.Parse()
	if *id != "" {
		flags[len(flags)-1] += " -buildid=" + *id
	}
	if err := run(*out, *arch, *unpacked, *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out, arch string, unpacked, check bool) error {
	all, err := folders()
	if err != nil {
		return err
	}
	var wrong []error
	for _, name := range all {
		bootstrap := filepath.Join(out, arch, name, "bootstrap")
		if err := build(name, arch, bootstrap); err != nil {
			return err
		}
		if unpacked {
			continue
		}
		packed, err := pack(bootstrap)
		if err != nil {
			return err
		}
		if check {
			if err := again(name, arch, packed); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(out, name+".zip"), packed, 0o600); err != nil {
			return err
		}
		wrong = append(wrong, measure(name, bootstrap, len(packed)))
	}
	return errors.Join(wrong...)
}

// folders are the functions that there are: functions/NAME/main.go. They have to
// be those that are deployed.
func folders() ([]string, error) {
	mains, err := filepath.Glob("functions/*/main.go")
	if err != nil {
		return nil, err
	}
	var all []string
	for _, m := range mains {
		all = append(all, filepath.Base(filepath.Dir(m)))
	}
	want := slices.Sorted(slices.Values(names.Functions))
	if !slices.Equal(all, want) {
		return nil, fmt.Errorf("functions/ holds %v, package names knows %v: they have to be the same", all, want)
	}
	return all, nil
}

func build(name, arch, to string) error {
	cmd := exec.Command("go", append(slices.Clone(flags), "-o", to, "./functions/"+name)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("function %s does not build: %w\n%s", name, err, said)
	}
	return nil
}

// again builds elsewhere and compares.
func again(name, arch string, packed []byte) error {
	dir, err := os.MkdirTemp("", "pack")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	to := filepath.Join(dir, "bootstrap")
	if err := build(name, arch, to); err != nil {
		return err
	}
	second, err := pack(to)
	if err == nil && !bytes.Equal(packed, second) {
		err = fmt.Errorf("function %s: two builds of the same sources differ", name)
	}
	return err
}

// measure prints sizes, and says what is too large or links what it may not.
func measure(name, bootstrap string, zipped int) error {
	info, err := os.Stat(bootstrap)
	if err != nil {
		return err
	}
	built, err := buildinfo.ReadFile(bootstrap)
	if err != nil {
		return err
	}
	cel, limit := "", most
	for _, d := range built.Deps {
		if strings.HasSuffix(d.Path, "/cel-go") {
			cel, limit = "  with CEL", mostWithCEL
		}
	}
	fmt.Printf("%-8s  zip %5.2f MB  bootstrap %5.2f MB%s\n", name, float64(zipped)/megabyte, float64(info.Size())/megabyte, cel)
	switch {
	case cel != "" && !slices.Contains(mayLinkCEL, name):
		return fmt.Errorf("function %s links CEL, and may not: only %s decide by policy", name, strings.Join(mayLinkCEL, ", "))
	case zipped > limit:
		return fmt.Errorf("the zip of function %s has %d bytes, more than %d: see what was linked with `go version -m %s`", name, zipped, limit, bootstrap)
	}
	return nil
}
