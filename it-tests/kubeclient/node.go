package main

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// steps are what a kubelet asks of a runtime before any pod: is it there, is it ready, and where are the images.
func (n *node) steps() []step {
	return []step{
		{"Version answers v1", n.version},
		{"Status: runtime and network are ready", n.ready},
		{"RuntimeConfig names a cgroup driver", n.cgroupDriver},
		{"UpdateRuntimeConfig takes the pod CIDR", func(ctx context.Context) error {
			return n.runtime.UpdateRuntimeConfig(ctx,
				&cri.RuntimeConfig{NetworkConfig: &cri.NetworkConfig{PodCidr: "10.222.0.0/24"}})
		}},
		{"PullImage of what the registry lacks is NotFound", func(ctx context.Context) error {
			_, err := n.images.PullImage(ctx, &cri.ImageSpec{Image: n.options.missing}, nil, nil)
			return wantCode(err, codes.NotFound)
		}},
		{"PullImage answers an id that ImageStatus knows", n.pull},
		{"ListImages has the image", n.listImages},
		{"ImageFsInfo tells a filesystem", n.imageFilesystem},
	}
}

// lastSteps come when the pod has gone.
func (n *node) lastSteps() []step {
	return []step{
		{"RemoveImage removes, and removes again", n.removeImage},
	}
}

func (n *node) version(ctx context.Context) error {
	v, err := n.runtime.Version(ctx, "v1")
	if err != nil {
		return err
	}
	return want(v.RuntimeApiVersion == "v1" && v.RuntimeName != "", "version is %v", v)
}

func (n *node) ready(ctx context.Context) error {
	s, err := n.runtime.Status(ctx, true)
	if err != nil {
		return err
	}
	ready := map[string]bool{}
	for _, c := range s.Status.Conditions {
		ready[c.Type] = c.Status
	}
	return want(ready["RuntimeReady"] && ready["NetworkReady"], "conditions are %v", s.Status.Conditions)
}

func (n *node) cgroupDriver(ctx context.Context) error {
	c, err := n.runtime.RuntimeConfig(ctx)
	// A kubelet falls back to its own configuration where a runtime is too old to be asked.
	if status.Code(err) == codes.Unimplemented {
		return nil
	}
	if err != nil {
		return err
	}
	return want(c.Linux != nil, "configuration is %v", c)
}

func (n *node) pull(ctx context.Context) error {
	id, err := n.images.PullImage(ctx, n.image(), nil, nil)
	if err != nil {
		return err
	}
	s, err := n.images.ImageStatus(ctx, n.image(), false)
	if err != nil {
		return err
	}
	return want(s.Image != nil && s.Image.Id == id && s.Image.Size > 0, "pulled %s, status is %v", id, s.Image)
}

func (n *node) listImages(ctx context.Context) error {
	all, err := n.images.ListImages(ctx, nil)
	if err != nil {
		return err
	}
	for _, image := range all {
		for _, tag := range image.RepoTags {
			if tag == n.options.image {
				return nil
			}
		}
	}
	return fmt.Errorf("%s is not among %d images", n.options.image, len(all))
}

func (n *node) imageFilesystem(ctx context.Context) error {
	info, err := n.images.ImageFsInfo(ctx)
	if err != nil {
		return err
	}
	return want(len(info.ImageFilesystems) > 0 && info.ImageFilesystems[0].FsId.GetMountpoint() != "",
		"filesystems are %v", info)
}

func (n *node) removeImage(ctx context.Context) error {
	for range 2 {
		if err := n.images.RemoveImage(ctx, n.image()); err != nil {
			return err
		}
	}
	s, err := n.images.ImageStatus(ctx, n.image(), false)
	if err != nil {
		return err
	}
	return want(s.Image == nil, "it is still there: %v", s.Image)
}

func (n *node) image() *cri.ImageSpec {
	return &cri.ImageSpec{Image: n.options.image}
}

// want is an error with what was seen, unless the condition holds.
func want(holds bool, format string, seen ...any) error {
	if holds {
		return nil
	}
	return fmt.Errorf(format, seen...)
}

func wantCode(err error, code codes.Code) error {
	return want(status.Code(err) == code, "wanted %s, but it is: %v", code, err)
}
