package e2e

import (
	"archive/zip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Builds of the functions: the one that is deployed first, and one of other
// bytes, which an upgrade brings.
const (
	built   = "../../.build/functions"
	upgrade = built + "/next"
)

// bootstrap is how a function of a build is started: the one that was built
// for this machine from the same main, or with EBB_E2E=zips the very one of
// its zip, behind an emulator where this machine is no arm64.
func bootstrap(t *testing.T, build, name string) []string {
	t.Helper()
	if os.Getenv("EBB_E2E") == "zips" {
		return unpacked(t, name)
	}
	path, err := filepath.Abs(filepath.Join(build, runtime.GOARCH, name, "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIP: function %s is not built for %s; `make e2e` builds it", name, runtime.GOARCH)
	}
	return []string{path}
}

func unpacked(t *testing.T, name string) []string {
	t.Helper()
	z, err := zip.OpenReader(filepath.Join(built, name+".zip"))
	if err != nil {
		t.Skipf("SKIP: there is no zip of function %s; `make build` makes it", name)
	}
	defer z.Close()
	in, err := z.Open("bootstrap")
	if err != nil {
		t.Fatal(err)
	}
	code, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(path, code, 0o700); err != nil {
		t.Fatal(err)
	}
	if runtime.GOARCH == "arm64" {
		return []string{path}
	}
	emulator, err := exec.LookPath("qemu-aarch64-static")
	if err != nil {
		t.Skip("SKIP: there is no qemu-aarch64-static to run arm64 with (Debian: qemu-user-static)")
	}
	return []string{emulator, path}
}
