package demo

import (
	"archive/zip"
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the example package anew")

// TestExamplePackage: what is committed as an example is what the story makes now.
func TestExamplePackage(t *testing.T) {
	raw, err := TellReview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again, err := TellReview(t.Context())
	if err != nil || !bytes.Equal(raw, again) {
		t.Fatalf("told twice, the packages differ (%v)", err)
	}
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.RemoveAll("example"); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll("example", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if want[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	for name, body := range want {
		path := filepath.Join("example", name)
		if *update {
			if err := os.WriteFile(path, body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, body) {
			t.Errorf("%s is not what the story makes (%v); go test ./infra/ebb/demo -update writes it anew", path, err)
		}
	}
	// The zip is not compared byte by byte: another release of Go may compress otherwise.
	path := filepath.Join("example", "review.zip")
	if *update {
		if err := os.WriteFile(path, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer have.Close()
	if len(have.File) != len(want) {
		t.Errorf("%s has %d files, want %d", path, len(have.File), len(want))
	}
	for _, f := range have.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(r); err != nil || !bytes.Equal(body, want[f.Name]) {
			t.Errorf("%s in %s is another (%v); write it anew with -update", f.Name, path, err)
		}
	}
	beside, err := os.ReadDir("example")
	if err != nil || len(beside) != len(want)+1 {
		t.Errorf("%d files in the example, want %d (%v)", len(beside), len(want)+1, err)
	}
}
