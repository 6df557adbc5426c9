package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// usualName is whose key is taken when nothing is said.
const usualName = "admin"

// key finds the API key: by name where --as is given, else --key, else the
// administrator's of a house on this laptop.
func (f ClientFlags) key() (string, error) {
	if f.As == "" && f.Key != "" {
		return strings.TrimSpace(f.Key), nil
	}
	path := filepath.Join(f.Dir, "keys.json")
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if f.As == "" {
			return "", errors.New("there is no key: set EBB_KEY (and EBB_URL for a house on AWS; lost: ebb key first), or start a house here with ebb run")
		}
		return "", fmt.Errorf("--as %s: there is no %s; start a house here with ebb run", f.As, path)
	}
	if errors.Is(err, syscall.ENOTDIR) {
		return "", fmt.Errorf("%s is a file; --dir names the folder of a house", f.Dir)
	}
	if errors.Is(err, fs.ErrPermission) {
		return "", fmt.Errorf("%s cannot be read by you; set EBB_KEY to a key of your own", path)
	}
	if err != nil {
		return "", err
	}
	keys := map[string]string{}
	if json.Unmarshal(raw, &keys) != nil {
		return "", fmt.Errorf("%s is not a list of keys; remove it, and ebb run writes it again", path)
	}
	name := f.As
	if name == "" {
		name = usualName
	}
	if key := keys[name]; key != "" {
		return key, nil
	}
	return "", fmt.Errorf("--as %s: %s has keys for %s", name, path, strings.Join(slices.Sorted(maps.Keys(keys)), ", "))
}
