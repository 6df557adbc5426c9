package slackexport

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ebb-access/ebb/shared/fault"
)

// archive is an export that is open: its lists by name, and the days of each
// channel's folder.
type archive struct {
	lists map[string]list
	days  map[string]string // the newest day with messages by folder
	close func() error
}

// list is one file at the top of the export, not open yet.
type list struct {
	open  func() (io.ReadCloser, error)
	dated time.Time
}

// wanted are the only files that are ever opened.
var wanted = []string{"users.json", "org_users.json", "channels.json", "groups.json", "dms.json", "mpims.json", "integration_logs.json"}

func isWanted(name string) bool {
	for _, w := range wanted {
		if w == name {
			return true
		}
	}
	return false
}

const again = "download the export from Slack again (Settings, Workspace settings, Import/Export data), and give that file"

func wrong(format string, args ...any) error {
	return fault.New("slackexport", fault.Invalid, format, args...)
}

// open opens a zip or a folder.
func open(path string) (*archive, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, wrong("there is no file %s: give the zip that Slack's export made", path)
	case err != nil:
		return nil, wrong("%s cannot be opened (%v)", path, plainCause(err))
	case info.IsDir():
		return openFolder(path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, wrong("%s cannot be opened (%v)", path, plainCause(err))
	}
	a, err := openZip(f, info.Size(), filepath.Base(path))
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	a.close = f.Close
	return a, nil
}

// plainCause is the system's word without the path, which is said already.
func plainCause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

func openZip(f io.ReaderAt, size int64, name string) (*archive, error) {
	if size == 0 {
		return nil, wrong("%s is empty: %s", name, again)
	}
	if n := recordedFiles(f, size); n > maxFiles {
		return nil, wrong("%s says that it holds %d files, more than any export that Ebb reads (%d): unpack users.json, channels.json and, if it is there, groups.json into a folder, and give that folder", name, n, maxFiles)
	}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return nil, notAZip(f, name)
	}
	a := &archive{lists: map[string]list{}, days: map[string]string{}}
	root, err := rootOf(z.File, name)
	if err != nil {
		return nil, err
	}
	for _, e := range z.File {
		if err := a.add(e, root, name); err != nil {
			return nil, err
		}
	}
	return a, a.isExport(z.File, name)
}

// rootOf is the folder in which the lists lie: the zip's top, or the one folder
// that somebody packed again. It refuses names that lead out of the zip.
func rootOf(files []*zip.File, name string) (string, error) {
	root, found := "", false
	for _, e := range files {
		clean := slashed(e.Name)
		if !fs.ValidPath(strings.TrimSuffix(clean, "/")) {
			return "", wrong("%s holds a file whose name leads out of it (%q), which no export of Slack's does: %s", name, e.Name, again)
		}
		folder, file, in := strings.Cut(clean, "/")
		switch {
		case !in && (clean == "users.json" || clean == "org_users.json" || clean == "channels.json"):
			return "", restValid(files, name)
		case in && !found && folder != "__MACOSX" && (file == "users.json" || file == "org_users.json"):
			root, found = folder+"/", true
		}
	}
	return root, nil
}

func restValid(files []*zip.File, name string) error {
	for _, e := range files {
		if !fs.ValidPath(strings.TrimSuffix(slashed(e.Name), "/")) {
			return wrong("%s holds a file whose name leads out of it (%q), which no export of Slack's does: %s", name, e.Name, again)
		}
	}
	return nil
}

// slashed is a name as zip wants it: some programs pack with backslashes.
func slashed(name string) string { return strings.ReplaceAll(name, `\`, "/") }

// add notes a list to open, or a day of a channel. Neither is opened here.
func (a *archive) add(e *zip.File, root, name string) error {
	at, in := strings.CutPrefix(slashed(e.Name), root)
	if !in {
		return nil
	}
	if isWanted(at) {
		switch {
		case a.lists[at].open != nil:
			return wrong("%s holds %s twice, which no export of Slack's does: %s", name, at, again)
		case e.Flags&1 != 0:
			return wrong("%s is locked with a password: unpack it, and give the folder", name)
		case !e.Mode().IsRegular():
			return wrong("%s in %s is no file, which no export of Slack's does: %s", at, name, again)
		case e.UncompressedSize64 > maxList:
			return wrong("%s in %s would be %d MB, more than any workspace has: %s", at, name, e.UncompressedSize64>>20, again)
		}
		a.lists[at] = list{open: e.Open, dated: e.Modified}
		return nil
	}
	a.note(at)
	return nil
}

// note takes a day from the name of a file of messages, "general/2026-11-01.json".
func (a *archive) note(at string) {
	folder, file, in := strings.Cut(at, "/")
	day, isJSON := strings.CutSuffix(file, ".json")
	if !in || !isJSON || len(day) != len(time.DateOnly) || day <= a.days[folder] {
		return
	}
	if _, err := time.Parse(time.DateOnly, day); err == nil {
		a.days[strings.Clone(folder)] = strings.Clone(day)
	}
}

func openFolder(path string) (*archive, error) {
	a := &archive{lists: map[string]list{}, days: map[string]string{}, close: func() error { return nil }}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, wrong("%s cannot be opened (%v)", path, plainCause(err))
	}
	for _, e := range entries {
		at := filepath.Join(path, e.Name())
		switch {
		case isWanted(e.Name()) && e.Type().IsRegular():
			l := list{open: func() (io.ReadCloser, error) { return os.Open(at) }}
			if info, err := e.Info(); err == nil {
				if info.Size() > maxList {
					return nil, wrong("%s has %d MB, more than any workspace has: %s", at, info.Size()>>20, again)
				}
				l.dated = info.ModTime()
			}
			a.lists[e.Name()] = l
		case e.IsDir():
			days, err := os.ReadDir(at)
			if err != nil {
				return nil, wrong("%s cannot be opened (%v)", at, plainCause(err))
			}
			for _, d := range days {
				a.note(e.Name() + "/" + d.Name())
			}
		}
	}
	return a, a.isExport(nil, path)
}

// recordedFiles is how many files a zip says that it holds, from the record at its
// end; 0 where there is none. A reader of zips makes room for all of them at once.
func recordedFiles(f io.ReaderAt, size int64) uint64 {
	const end, far = 22, 20 // the record, and what leads to its long form
	tail := make([]byte, min(size, 1<<16+end+far))
	if _, err := f.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return 0
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || at+end > len(tail) {
		return 0
	}
	n := binary.LittleEndian.Uint16(tail[at+10:])
	if n != 0xffff || at < far || !bytes.HasPrefix(tail[at-far:], []byte("PK\x06\x07")) {
		return uint64(n)
	}
	var long [56]byte
	if _, err := f.ReadAt(long[:], int64(binary.LittleEndian.Uint64(tail[at-far+8:]))); err != nil {
		return uint64(n)
	}
	return binary.LittleEndian.Uint64(long[32:])
}
