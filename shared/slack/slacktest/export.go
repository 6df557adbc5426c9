package slacktest

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// NewFromExport makes a workspace from Slack's own workspace export, a zip file
// or its unpacked folder: people of users.json, public channels of channels.json,
// private ones of groups.json. It opens no other file, so no message is read.
// Exports hold no user groups: there are none until somebody makes one. A file
// that is missing (only groups.json and channels.json may be) or broken is an
// error that names it, and nothing is loaded.
func NewFromExport(o Options, path string) (*Org, error) {
	folder, closeFolder, err := openExport(path)
	if err != nil {
		return nil, fmt.Errorf("slacktest: export %s: %w", path, err)
	}
	defer closeFolder()
	org, err := fromFolder(o, folder)
	if err != nil {
		return nil, fmt.Errorf("slacktest: export %s: %w", path, err)
	}
	return org, nil
}

func fromFolder(o Options, folder fs.FS) (*Org, error) {
	var e export
	if err := errors.Join(
		readExport(folder, "users.json", true, &e.users),
		readExport(folder, "channels.json", false, &e.public),
		readExport(folder, "groups.json", false, &e.private),
	); err != nil {
		return nil, err
	}
	if err := e.check(); err != nil {
		return nil, err
	}
	o.Workspaces = 1
	org := NewEmpty(o)
	defer org.lock()()
	e.load(org)
	org.events.clear()
	return org, nil
}

type export struct {
	users           []exportUser
	public, private []exportChannel
}

type exportUser struct {
	ID                string `json:"id"`
	Name              string `json:"name"`
	RealName          string `json:"real_name"`
	TZ                string `json:"tz"`
	Deleted           bool   `json:"deleted"`
	IsAdmin           bool   `json:"is_admin"`
	IsOwner           bool   `json:"is_owner"`
	IsPrimaryOwner    bool   `json:"is_primary_owner"`
	IsRestricted      bool   `json:"is_restricted"`
	IsUltraRestricted bool   `json:"is_ultra_restricted"`
	IsBot             bool   `json:"is_bot"`
	IsAppUser         bool   `json:"is_app_user"`
	IsInvitedUser     bool   `json:"is_invited_user"`
	Updated           int64  `json:"updated"`
	Profile           struct {
		RealName    string `json:"real_name"`
		DisplayName string `json:"display_name"`
		Title       string `json:"title"`
		Email       string `json:"email"`
	} `json:"profile"`
}

type exportChannel struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Created    int64    `json:"created"`
	Creator    string   `json:"creator"`
	IsArchived bool     `json:"is_archived"`
	IsGeneral  bool     `json:"is_general"`
	Members    []string `json:"members"`
	Topic      struct {
		Value string `json:"value"`
	} `json:"topic"`
	Purpose struct {
		Value string `json:"value"`
	} `json:"purpose"`
}

func openExport(path string) (fs.FS, func(), error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		return os.DirFS(path), func() {}, nil
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, nil, fmt.Errorf("neither a folder nor a zip file: %w", err)
	}
	return archive, func() { _ = archive.Close() }, nil
}

func readExport(folder fs.FS, name string, required bool, into any) error {
	f, err := folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) && !required {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err == nil {
		err = json.Unmarshal(raw, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// check refuses rows without an id and ids that are there twice.
func (e *export) check() error {
	seen := map[string]string{}
	note := func(file string, i int, id string) error {
		if id == "" {
			return fmt.Errorf("%s: entry %d has no id", file, i+1)
		}
		if other := seen[id]; other != "" {
			return fmt.Errorf("%s: entry %d repeats %s of %s", file, i+1, id, other)
		}
		seen[id] = file
		return nil
	}
	var errs []error
	for i, u := range e.users {
		errs = append(errs, note("users.json", i, u.ID))
	}
	for i, c := range e.public {
		errs = append(errs, note("channels.json", i, c.ID))
	}
	for i, c := range e.private {
		errs = append(errs, note("groups.json", i, c.ID))
	}
	return errors.Join(errs...)
}
