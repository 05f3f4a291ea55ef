//! Who has room, looked up once in a round for all members that follow alike.

use std::ops::ControlFlow;

use super::local_flow::{Direction, LocalFlow};
use crate::model::MemberId;

/// The members with room of each shape that was asked for and has several. In a round that sends onward room only gets less: who has none is forgotten.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// By shape, the place of its list, counted from 1; 0 if it was not asked for.
    places: Vec<u32>,
    lists: Vec<Vec<MemberId>>,
}

impl Room {
    /// Visits the members of a shape that are ends onward, until one is enough; the only member of a shape whether it is one or not.
    #[inline]
    pub(super) fn each_of_shape<B>(
        &mut self,
        flow: &LocalFlow<'_>,
        shape: u32,
        mut visit: impl FnMut(MemberId) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        match flow.followers.only_member_of(shape) {
            Some(member) => visit(member),
            None => self.each_of_several(flow, shape, visit),
        }
    }

    fn each_of_several<B>(
        &mut self,
        flow: &LocalFlow<'_>,
        shape: u32,
        mut visit: impl FnMut(MemberId) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let members = self.list(flow, shape);
        let mut place = 0;
        while let Some(&member) = members.get(place) {
            if has_room(flow, member) {
                visit(member)?;
                place += 1;
            } else {
                members.swap_remove(place);
            }
        }
        ControlFlow::Continue(())
    }

    fn list(&mut self, flow: &LocalFlow<'_>, shape: u32) -> &mut Vec<MemberId> {
        if self.places.is_empty() {
            self.places.resize(flow.followers.shape_count(), 0);
        }
        let place = &mut self.places[shape as usize];
        if *place == 0 {
            self.lists.push(flow.followers.members_of(shape).filter(|&member| has_room(flow, member)).collect());
            *place = self.lists.len() as u32;
        }
        &mut self.lists[*place as usize - 1]
    }
}

fn has_room(flow: &LocalFlow<'_>, member: MemberId) -> bool {
    flow.end(Direction::Onward, flow.member(member)).is_some()
}
